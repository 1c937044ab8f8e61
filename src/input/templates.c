/*
 * The check of all templates before anything is fetched: which names there are,
 * which ones the URLs, the options and -o hold, and what kind each entry is
 * therefore, since an operand that a list fills makes no request by itself.
 */
#include "config.h"

#include "input/build.h"
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "input/expand.h"
#include "input/rows.h"
#include "process/log.h"
#include "request/url.h"

/* The names that there are, and what the templates name so far. */
struct name_check {
	struct names names;
	char *unknown; /* the first name that there is not; NULL: none */
	const char *unknown_in; /* the option in which it stands, if any */
	struct expand_walk walk;
	bool sees_value; /* a name was "." or a path */
	bool sees_any;   /* there was a name */
	bool sees_row;   /* a name was filled from --rows, at any time */
};

/* May `name` be filled from the rows? What the members of NDJSON are called is
 * not known yet, and they may be called as anything. */
static bool
names_row(const struct names *n, const char *name)
{
	return !n->columns || request_value_is_path(name) ||
	       strlist_has(n->columns, name);
}

/* Called by template_each_name. */
static void
on_name(void *arg, const char *name)
{
	struct name_check *c = arg;

	c->sees_any = true;
	c->sees_value |= request_value_is_path(name);
	c->sees_row |= names_row(&c->names, name);
	if (c->unknown || names_have(&c->names, name))
		return;
	c->unknown = xstrdup(name);
	c->unknown_in = c->walk.option;
}

/* -1 with *cause set, which quotes `text`, if an unknown name was found. */
static int
refuse_unknown(struct name_check *c, const char *text, char **cause)
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

/* Note the names in `text`. -1 with *cause set: its syntax is wrong. */
static int
note_names(struct name_check *c, const char *text, enum template_place place,
    char **cause)
{
	struct template *t = template_new(text, strlen(text), place, cause);

	if (!t)
		return -1;
	template_each_name(t, on_name, c);
	template_free(t);
	return 0;
}

/* Check the names in the first expansion of an operand. That is enough: names
 * in the sets of a glob are checked when they are expanded. */
static int
check_operand(struct name_check *c, const struct entry *e, char **cause)
{
	struct buf text = {0};
	int rc;

	c->sees_any = c->sees_value = false;
	glob_expand(e->glob, 0, &text, NULL);
	rc = note_names(c, buf_text(&text), TEMPLATE_URL, cause);
	if (!rc)
		rc = refuse_unknown(c, buf_text(&text), cause);
	buf_release(&text);
	return rc;
}

/* An operand with one expansion is compiled here, once for all lines of a list;
 * others are compiled each time that they are expanded. */
static int
compile_operand(struct entry *e, char **cause)
{
	struct buf text = {0};

	if (glob_count(e->glob) > 1)
		return 0;
	glob_expand(e->glob, 0, &text, NULL);
	e->url = template_new(buf_text(&text), text.len, TEMPLATE_URL, cause);
	buf_release(&text);
	return e->url ? 0 : -1;
}

/* The number of globs in the operand that has most of them: "#2" is a name if
 * any operand may have a value for it. */
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

/* As far as that is known now: the members of JSON rows and values show only
 * when they are read. */
static struct names
known_names(const struct source *s)
{
	struct names n = {
	    .globs = count_globs(s), .variables = s->common->variables};

	for (size_t i = 0; i < s->len; i++) {
		const struct entry *e = &s->entries[i];

		if (e->kind == ENTRY_OPERAND)
			continue;
		n.has_values = true;
		n.has_members |= !e->rows || !rows_columns(e->rows);
		n.columns = e->rows ? rows_columns(e->rows) : n.columns;
		if (e->kind == ENTRY_RECORDS || (e->rows && !n.columns))
			n.has_any = n.has_any_column = true;
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

/* Check an operand and decide whether it is a URL template: it is one if it
 * names a value, and always beside --rows and --retry-from, whose rows and
 * records fill it. */
static int
open_operand(
    struct source *s, struct entry *e, struct name_check *c, char **cause)
{
	if (check_operand(c, e, cause))
		return -1;
	if (has_kind(s, ENTRY_RECORDS) && !c->sees_any) {
		*cause =
		    xstrdup("--retry-from takes its URLs from the records: "
		            "leave out other URLs, or put {{names}} into "
		            "them");
		return -1;
	}
	e->is_template = has_kind(s, ENTRY_ROWS) ||
	                 has_kind(s, ENTRY_RECORDS) || c->sees_value;
	s->templated |= c->sees_any || e->is_template;
	return c->sees_any ? compile_operand(e, cause) : 0;
}

static int
open_operands(struct source *s, struct name_check *c, char **cause)
{
	for (size_t i = 0; i < s->len; i++) {
		if (s->entries[i].kind == ENTRY_OPERAND &&
		    open_operand(s, &s->entries[i], c, cause))
			return -1;
	}
	return 0;
}

/* Make URL templates of all operands. */
static void
mark_templates(struct source *s)
{
	for (size_t i = 0; i < s->len; i++)
		s->entries[i].is_template = s->entries[i].kind == ENTRY_OPERAND;
	s->templated = true;
}

/* Say that a name which looks like a variable is sent as it is: as a rule the
 * variable was forgotten. In bodies braces are common, as in mustache. */
static void
warn_unfilled(const struct name_check *c)
{
	const char *name = c->unknown;

	if (!name || expand_is_body(c->unknown_in) || !names_variable(name))
		return;
	log_note("%s: {{%s}} has no value and is sent as it is; --variable "
	         "gives it one (%%%s: that of the environment)",
	    c->unknown_in, name, name);
}

/* Check the options of all requests. With a list beside them, operands become
 * URL templates even if only a header or the body holds {{.}}: each line is
 * then one more request to the same URL. */
static int
open_options(struct source *s, struct name_check *c, char **cause)
{
	bool lines = has_kind(s, ENTRY_LINES);
	bool operands = has_kind(s, ENTRY_OPERAND);

	c->sees_any = c->sees_value = false;
	c->walk = (struct expand_walk){.on_name = on_name, .arg = c};
	if (expand_each_name(s->common, &c->walk, cause))
		return -1;
	s->common_has_names = c->sees_any;
	if (expand_query(s->common, &s->query, cause))
		return -1;
	c->walk.option = "--url-query";
	if (s->query)
		template_each_name(s->query, on_name, c);
	c->walk.option = NULL;
	if (lines && operands && c->sees_value)
		mark_templates(s);
	/* Braces that no value can fill are text. In a list the "vars" of a
	 * line may fill them, which shows only when the line is read. */
	if (s->templated && (!lines || operands))
		return refuse_unknown(c, c->unknown_in, cause);
	if (!lines)
		warn_unfilled(c);
	free(c->unknown);
	c->unknown = NULL;
	return 0;
}

static bool
has_templates(const struct source *s)
{
	for (size_t i = 0; i < s->len; i++) {
		if (s->entries[i].is_template)
			return true;
	}
	return false;
}

/* Beside URL templates the lines of lists are values, not requests. */
static int
set_kinds(struct source *s, char **cause)
{
	bool templates = has_templates(s);

	for (size_t i = 0; i < s->len; i++) {
		struct entry *e = &s->entries[i];

		if (e->kind == ENTRY_LINES && templates)
			e->kind = ENTRY_VALUES;
		if (e->kind == ENTRY_ROWS && !templates) {
			*cause = xstrdup("--rows needs a URL whose "
			                 "{{columns}} it can fill");
			return -1;
		}
	}
	return 0;
}

/* Compile -o, in which curl's "#1" is a name, too. */
static int
open_output(struct source *s, struct name_check *c, char **cause)
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
	template_each_name(s->output, on_name, c);
	return refuse_unknown(c, text, cause);
}

/* The column that an operand has in single braces, which are curl's globs;
 * NULL: there is none. */
static const char *
column_in_braces(const struct strlist *columns, const char *operand)
{
	for (size_t i = 0; columns && i < columns->len; i++) {
		char *braces = xasprintf("{%s}", columns->items[i]);
		bool found = strstr(operand, braces) != NULL;

		free(braces);
		if (found)
			return columns->items[i];
	}
	return NULL;
}

static const char *
braced_column(const struct input_options *o, const struct strlist *columns)
{
	const char *column = NULL;

	for (size_t i = 0; i < o->items_len && !column; i++)
		if (o->items[i].kind == INPUT_URL)
			column = column_in_braces(columns, o->items[i].text);
	return column;
}

/* A table whose rows make no difference is a mistake. Always -1. */
static int
refuse_unused_rows(
    const struct input_options *o, const struct strlist *columns, char **cause)
{
	const char *column = braced_column(o, columns);
	struct buf text = {0};

	if (column) {
		*cause = xasprintf("--rows: {%s} is one of curl's globs; write "
		                   "{{%s}} for the column",
		    column, column);
		return -1;
	}
	buf_adds(&text, "--rows: no column is used; write {{NAME}} in the URL, "
	                "a header, the body or -o");
	if (columns) {
		buf_adds(&text, "; ");
		names_add_columns(columns, &text);
	}
	*cause = buf_take(&text);
	return -1;
}

int
templates_open(struct source *s, const struct input_options *o, char **cause)
{
	struct name_check check = {.names = known_names(s)};

	/* {{k}} counts repetitions. */
	s->templated = s->repeat > 1 || s->common->variables;
	if (open_operands(s, &check, cause) || open_options(s, &check, cause) ||
	    set_kinds(s, cause) || open_output(s, &check, cause)) {
		free(check.unknown);
		return -1;
	}
	if (has_kind(s, ENTRY_ROWS) && !check.sees_row && !o->rows_in_then)
		return refuse_unused_rows(o, check.names.columns, cause);
	return 0;
}

void
templates_close(struct source *s)
{
	template_free(s->query);
	template_free(s->output);
}

struct names
templates_names(const struct source *s)
{
	struct names n = known_names(s);

	n.has_any |= has_kind(s, ENTRY_LINES); /* "vars" */
	return n;
}
