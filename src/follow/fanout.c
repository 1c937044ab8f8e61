/*
 * Fan-out from top to bottom: the stages are compiled, once; matches are found,
 * for each answer; a child is made, for each match.
 */
#include "config.h"

#include "follow/fanout.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "request/lineage.h"
#include "request/names.h"
#include "request/template.h"
#include "request/url.h"

/* A template, and what an error message says of it. */
struct template_text {
	const char *option; /* that gave it */
	const char *shown;  /* as it was given */
	const char *text;   /* as it is compiled: globs may have become names */
	enum template_place place;
};

/* --each and its --then. */
struct fanout_stage {
	struct matcher *each;
	char *method; /* that --then names; NULL: GET, or HEAD with -I */
	bool head;    /* -I */
	struct template *then;
	struct request_options options; /* of children of listed requests */
};

struct fanout {
	struct fanout_stage *stages;
	unsigned len;
	struct template *output; /* -o; NULL: none */
	size_t output_own;       /* as in struct request */
	/* What the names in a template stand for while a child is made: the
	 * match, the match above it, and so on up to the input. */
	struct request_values *values;
	unsigned depth; /* how many of the values are set, of len + 1 */
};

/* Make them the options of a child of the stage. Its method is that of --then,
 * or GET: method, body and range of the listed request are not inherited. */
static void
set_method(struct request_options *o, const struct fanout_stage *s)
{
	request_options_drop_body(o);
	free(o->method);
	free(o->range);
	o->method = xstrdup_null(s->method);
	o->range = NULL;
	o->head = s->head;
}

/* A search for the first name that a template must not hold. */
struct name_check {
	struct names names;
	bool is_last; /* the template is of the last stage */
	char *why;    /* what is wrong with that name; NULL: none so far */
};

/* A template_each_name callback. */
static void
check_name(void *arg, const char *name)
{
	struct name_check *c = arg;

	if (c->why)
		return;
	if (!names_have(&c->names, name))
		c->why = names_refuse(&c->names, name);
	else if (!c->is_last && strcmp(name, "k") == 0)
		c->why = xstrdup("{{k}} counts records, which only the last "
		                 "stage makes");
}

/* "--then TEMPLATE: why it is wrong", with secrets hidden. Caller frees. */
static char *
template_error(const struct template_text *text, const char *why)
{
	char *shown = url_redacted(text->shown);
	char *message = xasprintf("%s %s: %s", text->option, shown, why);

	free(shown);
	return message;
}

/* A child of `stage` has stage + 2 levels of names: {{.}} is the match it is
 * made of, {{..}} what its parent was made of, and so on up to the input. */
static struct template *
compile_template(const struct fanout_setup *setup, unsigned stage,
    const struct template_text *text, char **cause)
{
	struct name_check c = {
	    .names = setup->names,
	    .is_last = stage + 1 == setup->options->stages_len,
	};
	struct template *t =
	    template_new(text->text, strlen(text->text), text->place, &c.why);

	c.names.levels = stage + 2;
	if (t)
		template_each_name(t, check_name, &c);
	if (!c.why)
		return t;
	*cause = template_error(text, c.why);
	free(c.why);
	template_free(t);
	return NULL;
}

/* Take the method off the front of "METHOD URL". Returns the URL's template. */
static const char *
take_method(struct fanout_stage *s, const char *then)
{
	size_t blanks = strspn(then, " \t");
	size_t len =
	    request_method_prefix(then + blanks, strlen(then + blanks));

	if (!len)
		return then;
	s->method = xmemdup0(then + blanks, len);
	then += blanks + len;
	return then + strspn(then, " \t");
}

static int
compile_stage(struct fanout *f, const struct fanout_setup *setup, char **cause)
{
	const struct follow_stage *given = &setup->options->stages[f->len];
	struct fanout_stage *s = &f->stages[f->len];
	const struct match_text each = {
	    .language = given->language,
	    .option = follow_stage_option(given),
	    .text = given->each,
	    .max = setup->match_max,
	};
	const struct template_text then = {
	    .option = "--then",
	    .shown = given->then,
	    .text = take_method(s, given->then),
	    .place = TEMPLATE_URL,
	};

	s->each = matcher_new(&each, cause);
	s->then =
	    s->each ? compile_template(setup, f->len, &then, cause) : NULL;
	f->len++;
	s->head = setup->options->head && f->len == setup->options->stages_len;
	request_options_copy(&s->options, setup->common);
	set_method(&s->options, s);
	return s->then ? 0 : -1;
}

static int
compile_output_template(
    struct fanout *f, const struct fanout_setup *setup, char **cause)
{
	struct template_text output = {
	    .option = "-o",
	    .shown = setup->options->output,
	    .place = TEMPLATE_FILE,
	};
	struct buf text;

	if (!output.shown)
		return 0;
	buf_init(&text);
	names_add_globs(&setup->names, output.shown, &text);
	output.text = buf_text(&text);
	f->output_own = template_folder(setup->options->output);
	f->output = compile_template(setup, f->len - 1, &output, cause);
	buf_release(&text);
	return f->output ? 0 : -1;
}

static int
compile_stages(struct fanout *f, const struct fanout_setup *setup, char **cause)
{
	size_t stages = setup->options->stages_len;

	f->stages = xcalloc(stages, sizeof(*f->stages));
	f->values = xcalloc(stages + 1, sizeof(*f->values));
	for (size_t i = 0; i <= stages; i++)
		request_values_init(&f->values[i]);
	while (f->len < stages) {
		if (compile_stage(f, setup, cause))
			return -1;
	}
	return compile_output_template(f, setup, cause);
}

struct fanout *
fanout_new(const struct fanout_setup *setup, char **cause)
{
	struct fanout *f = xcalloc(1, sizeof(*f));

	if (compile_stages(f, setup, cause) == 0)
		return f;
	/* All values were initialised, whatever failed. */
	f->len = (unsigned)setup->options->stages_len;
	fanout_free(f);
	return NULL;
}

void
fanout_free(struct fanout *f)
{
	if (!f)
		return;
	for (unsigned i = 0; i < f->len; i++) {
		matcher_free(f->stages[i].each);
		template_free(f->stages[i].then);
		free(f->stages[i].method);
		request_options_release(&f->stages[i].options);
	}
	for (unsigned i = 0; i <= f->len; i++)
		request_values_release(&f->values[i]);
	free(f->stages);
	free(f->values);
	template_free(f->output);
	free(f);
}

unsigned
fanout_stages(const struct fanout *f)
{
	return f->len;
}

enum match_language
fanout_language(const struct fanout *f, unsigned stage)
{
	return matcher_language(f->stages[stage].each);
}

int
fanout_find(const struct fanout *f, unsigned stage, struct result *r,
    struct matches *matches)
{
	return matcher_find(f->stages[stage].each, matches, r);
}

/* The value of `name` for a child: {{.id}} is about the match, {{..id}} about
 * the match above it, which for the first stage is the input. */
static const char *
get_value(void *arg, const char *name, size_t *len)
{
	struct fanout *f = arg;
	unsigned up = request_value_levels_up(name);
	struct template_values values;

	name += up;
	if (up && name[1] == '[')
		name++;
	if (up >= f->depth)
		return NULL;
	values = request_values_of(&f->values[up]);
	return values.get(values.arg, name, len);
}

/* Set the values from the innermost match outwards. */
static void
set_values(struct fanout *f, const struct request *child)
{
	const struct lineage *l = child->lineage;

	for (f->depth = 0; l; l = l->up)
		request_values_set(
		    &f->values[f->depth++], child, l->text, l->text_len);
	request_values_set(
	    &f->values[f->depth++], child, child->input, child->input_len);
}

/* Expand `t` for the child. NULL: the child has become invalid. */
static char *
expand_for_child(
    struct fanout *f, const struct template *t, struct request *child)
{
	const struct template_values values = {.get = get_value, .arg = f};
	struct buf text;
	char *cause;

	buf_init(&text);
	if (template_expand(t, &values, &text, &cause) == 0)
		return buf_take(&text);
	request_fail(child, "%s", cause);
	free(cause);
	buf_release(&text);
	return NULL;
}

/* Children of listed requests that have no options of their own share one set
 * for each stage. */
static void
set_options(const struct fanout_stage *s, struct request *child)
{
	if (child->own)
		set_method(child->own, s);
	else
		child->options = &s->options;
}

struct request *
fanout_make(struct fanout *f, const struct fanout_parent *p)
{
	const struct request *parent = p->parent.request;
	struct request *child = request_new_like(parent);
	char *url;

	child->lineage = lineage_new(parent->url, p->match, parent->lineage);
	child->k = p->k;
	set_options(&f->stages[p->stage], child);
	set_values(f, child);
	url = expand_for_child(f, f->stages[p->stage].then, child);
	if (url)
		child_set_url(child, &p->parent, url);
	if (f->output && p->stage + 1 == f->len && !child->invalid) {
		child->output = expand_for_child(f, f->output, child);
		child->output_own = f->output_own;
	}
	free(url);
	return child;
}
