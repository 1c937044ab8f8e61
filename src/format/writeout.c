#include "config.h"

#include "format/writeout.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/suggest.h"
#include "base/xalloc.h"
#include "format/field_rows.h"
#include "format/headers.h"
#include "request/headers.h"
#include "format/writeout_values.h"
#include "json/write.h"

/* Where a record's text goes while it is made. */
struct state {
	const struct record *record;
	struct encoded *encoded;
	struct buf *to;
	bool done; /* %{onerror} of a request that is ok */
};

/* One step; what an operation needs of the rest is its own. */
struct step {
	void (*run)(const struct step *, struct state *);
	const struct variable *variable;
	struct fields field; /* one of a record's, or none */
	char *text;          /* owned */
	size_t len;
	bool append;
};

struct writeout {
	struct step *steps;
	size_t len;
};

/* Steps. */

static struct buf *
stdout_of(struct encoded *e)
{
	return e->size ? &e->after : &e->out;
}

static void
run_text(const struct step *step, struct state *s)
{
	buf_add(s->to, step->text, step->len);
}

static void
run_variable(const struct step *step, struct state *s)
{
	const struct variable *v = step->variable;

	value_add_text(s->to, v->get(s->record, v->at));
}

static void
run_json(const struct step *step, struct state *s)
{
	const char *version = curl_version();

	(void)step;
	buf_addc(s->to, '{');
	for (const struct variable *v = writeout_variables; v->name; v++) {
		json_add_string(s->to, v->name, strlen(v->name));
		buf_addc(s->to, ':');
		value_add_json(s->to, v->get(s->record, v->at));
		buf_addc(s->to, ',');
	}
	buf_adds(s->to, "\"curl_version\":");
	json_add_string(s->to, version, strlen(version));
	buf_addc(s->to, '}');
}

static void
run_header_json(const struct step *step, struct state *s)
{
	const char *block = s->record->result->headers;

	(void)step;
	headers_add_json(s->to, block ? block : "");
}

static void
run_header(const struct step *step, struct state *s)
{
	const char *block = s->record->result->headers;
	struct header h;

	if (block && headers_find(block, step->text, &h))
		buf_add(s->to, h.value, h.value_len);
}

/* What is null in a record is nothing here. */
static void
run_field(const struct step *step, struct state *s)
{
	const struct field *f = &step->field.items[0];
	struct buf json;

	buf_init(&json);
	if (f->add(s->record, f, &json) && strcmp(json.data, "null") != 0)
		json_add_field(s->to, json.data, json.len);
	buf_release(&json);
}

static void
run_stdout(const struct step *step, struct state *s)
{
	(void)step;
	s->to = stdout_of(s->encoded);
}

static void
run_stderr(const struct step *step, struct state *s)
{
	(void)step;
	s->to = encoded_aside(s->encoded, NULL, true);
}

static void
run_output(const struct step *step, struct state *s)
{
	s->to = encoded_aside(s->encoded, step->text, step->append);
}

static void
run_onerror(const struct step *step, struct state *s)
{
	(void)step;
	s->done = result_ok(s->record->result);
}

/* Variables that do something. */
static const struct action {
	const char *name;
	void (*run)(const struct step *, struct state *);
} actions[] = {
    {"header_json", run_header_json},
    {"json", run_json},
    {"onerror", run_onerror},
    {"stderr", run_stderr},
    {"stdout", run_stdout},
    {NULL, NULL},
};

/* Compiling. */

struct compiler {
	struct writeout *program;
	const struct extractor *extractor;
	const char *at;
	char **cause;
};

static struct step *
add_step(struct compiler *c, void (*run)(const struct step *, struct state *))
{
	struct writeout *w = c->program;
	struct step *step;

	w->steps = xgrow(w->steps, w->len, sizeof(*w->steps));
	step = &w->steps[w->len++];
	*step = (struct step){.run = run};
	return step;
}

/* Text joins the text before it. */
static void
add_text(struct compiler *c, const char *s, size_t len)
{
	struct writeout *w = c->program;
	struct step *step = w->len ? &w->steps[w->len - 1] : NULL;

	if (!step || step->run != run_text)
		step = add_step(c, run_text);
	step->text = xreallocarray(step->text, step->len + len, 1);
	memcpy(step->text + step->len, s, len);
	step->len += len;
}

static bool
add_action(struct compiler *c, const char *name)
{
	for (const struct action *a = actions; a->name; a++) {
		if (strcmp(a->name, name) == 0) {
			add_step(c, a->run);
			return true;
		}
	}
	return false;
}

static bool
add_variable(struct compiler *c, const char *name)
{
	for (const struct variable *v = writeout_variables; v->name; v++) {
		if (strcmp(v->name, name) == 0) {
			add_step(c, run_variable)->variable = v;
			return true;
		}
	}
	return false;
}

static bool
add_field(struct compiler *c, const char *name)
{
	struct fields field = {0};

	if (!fields_add(&field, name, c->extractor))
		return false;
	add_step(c, run_field)->field = field;
	return true;
}

static void
add_nearest(const char *name, struct buf *text)
{
	struct suggestion nearest;

	suggestion_init(&nearest, name);
	for (const struct field_row *row = field_rows; row->name; row++)
		suggestion_offer(&nearest, row->name);
	for (const struct variable *v = writeout_variables; v->name; v++)
		suggestion_offer(&nearest, v->name);
	for (const struct action *a = actions; a->name; a++)
		suggestion_offer(&nearest, a->name);
	if (nearest.best)
		buf_addf(text, "; did you mean %%{%s}?", nearest.best);
}

static char *
unknown_variable(const struct compiler *c, const char *name)
{
	struct buf text;

	buf_init(&text);
	buf_addf(&text, "-w: there is no variable %%{%s}", name);
	if (strncmp(name, "data.", 5) == 0) {
		buf_adds(&text, "; ");
		fields_add_data_names(&text, c->extractor, "%{", "}");
	} else {
		add_nearest(name, &text);
	}
	return buf_take(&text);
}

/* %{NAME} */
static int
compile_name(struct compiler *c, const char *name)
{
	if (add_variable(c, name) || add_action(c, name) || add_field(c, name))
		return 0;
	*c->cause = unknown_variable(c, name);
	return -1;
}

/* %header{NAME} */
static int
compile_header(struct compiler *c, const char *name)
{
	add_step(c, run_header)->text = xstrdup(name);
	return 0;
}

/* %output{FILE}, %output{>>FILE} */
static int
compile_output(struct compiler *c, const char *file)
{
	struct step *step = add_step(c, run_output);

	step->append = strncmp(file, ">>", 2) == 0;
	step->text = xstrdup(file + (step->append ? 2 : 0));
	return 0;
}

static const struct braced {
	const char *opening;
	int (*compile)(struct compiler *, const char *inside);
} braced_forms[] = {
    {"%{", compile_name},
    {"%header{", compile_header},
    {"%output{", compile_output},
    {NULL, NULL},
};

/* As curl does, one that isn't closed is text. */
static int
compile_braced(struct compiler *c, const struct braced *b)
{
	const char *inside = c->at + strlen(b->opening);
	const char *close = strchr(inside, '}');
	char *name;
	int rc;

	if (!close) {
		add_text(c, c->at, strlen(b->opening));
		c->at = inside;
		return 0;
	}
	name = xmemdup0(inside, (size_t)(close - inside));
	rc = b->compile(c, name);
	free(name);
	c->at = close + 1;
	return rc;
}

/* Anything else stands for itself, and so does the byte behind it. */
static void
add_pair(struct compiler *c)
{
	size_t len = c->at[1] ? 2 : 1;

	add_text(c, c->at, len);
	c->at += len;
}

static int
compile_percent(struct compiler *c)
{
	for (const struct braced *b = braced_forms; b->opening; b++)
		if (strncmp(c->at, b->opening, strlen(b->opening)) == 0)
			return compile_braced(c, b);
	if (c->at[1] != '%') {
		add_pair(c);
		return 0;
	}
	add_text(c, c->at, 1);
	c->at += 2;
	return 0;
}

/* \n, \r, \t */
static void
compile_escape(struct compiler *c)
{
	static const char letters[] = "nrt", bytes[] = "\n\r\t";
	const char *found = c->at[1] ? strchr(letters, c->at[1]) : NULL;

	if (!found) {
		add_pair(c);
		return;
	}
	add_text(c, &bytes[found - letters], 1);
	c->at += 2;
}

static int
compile(struct compiler *c)
{
	while (*c->at) {
		size_t plain = strcspn(c->at, "%\\");

		if (plain)
			add_text(c, c->at, plain);
		c->at += plain;
		if (*c->at == '\\')
			compile_escape(c);
		else if (*c->at == '%' && compile_percent(c) < 0)
			return -1;
	}
	return 0;
}

struct writeout *
writeout_new(const char *text, const struct extractor *extractor, char **cause)
{
	struct compiler c = {
	    .program = xcalloc(1, sizeof(struct writeout)),
	    .extractor = extractor,
	    .at = text,
	    .cause = cause,
	};

	if (compile(&c) == 0)
		return c.program;
	writeout_free(c.program);
	return NULL;
}

void
writeout_free(struct writeout *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->len; i++) {
		fields_release(&w->steps[i].field);
		free(w->steps[i].text);
	}
	free(w->steps);
	free(w);
}

void
writeout_add(
    const struct writeout *w, const struct record *record, struct encoded *out)
{
	struct state s = {record, out, stdout_of(out), false};

	for (size_t i = 0; i < w->len && !s.done; i++)
		w->steps[i].run(&w->steps[i], &s);
}
