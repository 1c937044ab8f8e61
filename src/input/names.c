/* The templates of the command line: compiled where they stay, and their
 * names checked before anything is fetched. */
#include "config.h"

#include "input/source_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "input/expand.h"
#include "request/url.h"

/* What may be named, and the first name that may not. */
struct check {
	struct names names;
	char *unknown;
	bool sees_value; /* a name was "." or a path */
	bool sees_any;
};

static void
see(void *arg, const char *name)
{
	struct check *c = arg;

	c->sees_any = true;
	c->sees_value |= request_value_is_path(name);
	if (!c->unknown && !names_have(&c->names, name))
		c->unknown = xstrdup(name);
}

static int
refuse_unknown(struct check *c, const char *text, char **cause)
{
	char *shown, *why;

	if (!c->unknown)
		return 0;
	shown = url_redacted(text);
	why = names_refuse(&c->names, c->unknown);
	*cause = xasprintf("%s: %s", shown, why);
	free(shown);
	free(why);
	free(c->unknown);
	c->unknown = NULL;
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
	glob_expand(e->glob, 0, &text, NULL);
	rc = see_text(c, buf_text(&text), TEMPLATE_URL, cause);
	if (!rc)
		rc = refuse_unknown(c, buf_text(&text), cause);
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
	e->url = template_new(buf_text(&text), text.len, TEMPLATE_URL, cause);
	buf_release(&text);
	return e->url ? 0 : -1;
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

static struct names
what_is_known(const struct source *s)
{
	struct names n = {.globs = count_globs(s)};

	for (size_t i = 0; i < s->len; i++) {
		const struct entry *e = &s->entries[i];

		if (e->kind == ENTRY_OPERAND)
			continue;
		n.has_values = true;
		n.has_members |= !e->rows || !rows_columns(e->rows);
		n.columns = e->rows ? rows_columns(e->rows) : n.columns;
		if (e->kind == ENTRY_RECORDS || (e->rows && !n.columns))
			n.has_any = true;
	}
	return n;
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

static int
open_output(struct source *s, struct check *c, char **cause)
{
	const char *text = s->common->output;
	struct buf output = {0};

	if (!text)
		return 0;
	names_add_globs(&c->names, text, &output);
	s->output =
	    template_new(buf_text(&output), output.len, TEMPLATE_FILE, cause);
	buf_release(&output);
	if (!s->output)
		return -1;
	c->names.has_any |= has_kind(s, ENTRY_LINES); /* "vars" */
	template_each_name(s->output, see, c);
	return refuse_unknown(c, text, cause);
}

int
source_open_templates(struct source *s, char **cause)
{
	struct check check = {.names = what_is_known(s)};

	s->templated = s->repeat > 1;
	if (open_operands(s, &check, cause) || open_options(s, &check, cause) ||
	    set_kinds(s, cause) || open_output(s, &check, cause)) {
		free(check.unknown);
		return -1;
	}
	return 0;
}

struct names
source_names(const struct source *s)
{
	struct names n = what_is_known(s);

	n.has_any |= has_kind(s, ENTRY_LINES); /* "vars" */
	return n;
}
