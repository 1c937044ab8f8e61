/* The templates of the command line: compiled where they stay, and their
 * names checked before anything is fetched. */
#include "config.h"

#include "input/source_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/xalloc.h"
#include "input/expand.h"
#include "request/url.h"

/* What may be named, and the first name that may not. */
struct check {
	bool has_values;
	bool has_any; /* names are only known line by line */
	const struct strlist *columns;
	char *unknown;
	bool sees_value; /* a name was "." or a path */
	bool sees_any;
};

static bool
is_column(const struct check *c, const char *name)
{
	for (size_t i = 0; c->columns && i < c->columns->len; i++) {
		if (strcmp(c->columns->items[i], name) == 0)
			return true;
	}
	return false;
}

static void
see(void *arg, const char *name)
{
	struct check *c = arg;
	bool path = request_value_is_path(name);

	c->sees_any = true;
	c->sees_value |= path;
	if (c->unknown || c->has_any || is_column(c, name) ||
	    (path ? c->has_values : request_value_is_common(name)))
		return;
	c->unknown = xstrdup(name);
}

static void
add_known(struct buf *b, const struct check *c)
{
	if (!c->columns) {
		buf_adds(b, "there are {{n}} {{k}} {{id}} {{host}} {{path}}");
		buf_adds(b, c->has_values ? " and {{.}}" : "");
		return;
	}
	buf_adds(b, "the columns are");
	for (size_t i = 0; i < c->columns->len; i++)
		buf_addf(b, "%s %s", i ? "," : "", c->columns->items[i]);
}

static int
refuse_unknown(struct check *c, const char *text, char **cause)
{
	struct buf message = {0};

	if (!c->unknown)
		return 0;
	url_add_redacted(&message, text);
	buf_addf(&message, ": nothing is named {{%s}}; ", c->unknown);
	if (request_value_is_path(c->unknown) && !c->columns)
		buf_adds(&message, "{{.}} is a line of a list, and there is "
		                   "none: name one with @FILE, or pipe it in");
	else
		add_known(&message, c);
	free(c->unknown);
	c->unknown = NULL;
	*cause = buf_take(&message);
	return -1;
}

static int
see_text(
    struct check *c, const char *text, enum template_place place, char **cause)
{
	struct template *t = template_new(text, strlen(text), place, cause);

	if (!t)
		return -1;
	template_each_name(t, see, c);
	template_free(t);
	return 0;
}

static int
see_operand(struct check *c, const struct entry *e, char **cause)
{
	struct buf text = {0};
	int rc;

	c->sees_any = c->sees_value = false;
	buf_adds(&text, "");
	glob_expand(e->glob, 0, &text, NULL);
	rc = see_text(c, text.data, TEMPLATE_URL, cause);
	if (!rc)
		rc = refuse_unknown(c, text.data, cause);
	buf_release(&text);
	return rc;
}

/* An operand with one expansion is compiled once for all. */
static int
keep_operand(struct entry *e, char **cause)
{
	struct buf text = {0};

	if (glob_count(e->glob) > 1)
		return 0;
	glob_expand(e->glob, 0, &text, NULL);
	e->url = template_new(text.data, text.len, TEMPLATE_URL, cause);
	buf_release(&text);
	return e->url ? 0 : -1;
}

static struct check
what_is_known(const struct source *s)
{
	struct check c = {0};

	for (size_t i = 0; i < s->len; i++) {
		const struct entry *e = &s->entries[i];

		if (e->kind == ENTRY_OPERAND)
			continue;
		c.has_values = true;
		c.columns = e->rows ? rows_columns(e->rows) : c.columns;
		if (e->kind == ENTRY_RECORDS || (e->rows && !c.columns))
			c.has_any = true;
	}
	return c;
}

static bool
has_kind(const struct source *s, enum entry_kind kind)
{
	for (size_t i = 0; i < s->len; i++) {
		if (s->entries[i].kind == kind)
			return true;
	}
	return false;
}

/* An operand with {{.}} in it, or any with rows, is a shape: it waits for
 * what fills it. */
static int
open_operand(struct source *s, struct entry *e, struct check *c, char **cause)
{
	if (see_operand(c, e, cause))
		return -1;
	if (has_kind(s, ENTRY_RECORDS) && !c->sees_any) {
		*cause = xstrdup("--retry-from and a URL without {{names}}: a "
		                 "run has one of them");
		return -1;
	}
	e->is_shape = has_kind(s, ENTRY_ROWS) || has_kind(s, ENTRY_RECORDS) ||
	              c->sees_value;
	s->templated |= c->sees_any || e->is_shape;
	return c->sees_any ? keep_operand(e, cause) : 0;
}

static int
open_operands(struct source *s, struct check *c, char **cause)
{
	for (size_t i = 0; i < s->len; i++) {
		if (s->entries[i].kind == ENTRY_OPERAND &&
		    open_operand(s, &s->entries[i], c, cause))
			return -1;
	}
	return 0;
}

static void
make_shapes(struct source *s)
{
	for (size_t i = 0; i < s->len; i++)
		s->entries[i].is_shape = s->entries[i].kind == ENTRY_OPERAND;
	s->templated = true;
}

/* {{.}} in a header or body alone makes shapes of the operands, too, where
 * there is a list beside them. */
static int
open_options(struct source *s, struct check *c, char **cause)
{
	bool lines = has_kind(s, ENTRY_LINES);
	bool operands = has_kind(s, ENTRY_OPERAND);

	c->sees_any = c->sees_value = false;
	if (expand_each_name(s->common, see, c, cause))
		return -1;
	s->common_has_names = c->sees_any;
	if (expand_query(s->common, &s->query, cause))
		return -1;
	if (s->query)
		template_each_name(s->query, see, c);
	if (lines && operands && c->sees_value)
		make_shapes(s);
	/* Without values braces are text, or a line's "vars" fill them. */
	if (s->templated && (!lines || operands))
		return refuse_unknown(
		    c, "query, headers, body or credentials", cause);
	free(c->unknown);
	c->unknown = NULL;
	return 0;
}

static bool
has_shapes(const struct source *s)
{
	for (size_t i = 0; i < s->len; i++) {
		if (s->entries[i].is_shape)
			return true;
	}
	return false;
}

static int
set_kinds(struct source *s, char **cause)
{
	bool shapes = has_shapes(s);

	for (size_t i = 0; i < s->len; i++) {
		struct entry *e = &s->entries[i];

		if (e->kind == ENTRY_LINES && shapes)
			e->kind = ENTRY_VALUES;
		if (e->kind == ENTRY_ROWS && !shapes) {
			*cause = xstrdup("--rows fills the {{columns}} of a "
			                 "URL, and there is none");
			return -1;
		}
	}
	return 0;
}

/* The globs of the operand that has most of them. */
static size_t
count_globs(const struct source *s)
{
	size_t most = 0;

	for (size_t i = 0; i < s->len; i++) {
		const struct glob *glob = s->entries[i].glob;

		if (glob && glob_parts(glob) > most)
			most = glob_parts(glob);
	}
	return most;
}

/* "#1" is what the first glob became, which may be nothing. As in curl a
 * number that no glob has is text. */
static void
add_glob_names(struct buf *out, const char *text, size_t globs)
{
	while (*text) {
		char *end = NULL;
		unsigned long n = 0;

		if (*text == '#' && ascii_is_digit(text[1]))
			n = strtoul(text + 1, &end, 10);
		if (n == 0 || n > globs) {
			buf_addc(out, *text++);
			continue;
		}
		buf_addf(out, "{{#%lu?}}", n);
		text = end;
	}
}

static int
open_output(struct source *s, struct check *c, char **cause)
{
	const char *text = s->common->output;
	struct buf output = {0};

	if (!text)
		return 0;
	add_glob_names(&output, text, count_globs(s));
	s->output = template_new(
	    output.data ? output.data : "", output.len, TEMPLATE_FILE, cause);
	buf_release(&output);
	if (!s->output)
		return -1;
	c->has_any |= has_kind(s, ENTRY_LINES); /* "vars" */
	template_each_name(s->output, see, c);
	return refuse_unknown(c, text, cause);
}

int
source_open_templates(struct source *s, char **cause)
{
	struct check check = what_is_known(s);

	s->templated = s->repeat > 1;
	if (open_operands(s, &check, cause) || open_options(s, &check, cause) ||
	    set_kinds(s, cause) || open_output(s, &check, cause)) {
		free(check.unknown);
		return -1;
	}
	return 0;
}
