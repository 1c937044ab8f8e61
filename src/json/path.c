#include "config.h"

#include "json/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/shell.h"
#include "base/xalloc.h"
#include "json/ast.h"
#include "json/path_eval.h"
#include "json/path_parse.h"
#include "json/regex.h"

/* --- compiling ----------------------------------------------------------- */

/* It will be pasted into a shell. */
static int
fail_meant(struct json_parser *p, const char *before)
{
	char *path = xasprintf("%s%.60s", before, p->at);
	char *word = shell_word(path);
	int rc = json_parse_fail(p, p->at, "did you mean %s?", word);

	free(word);
	free(path);
	return rc;
}

/* Names the shell traps and habits behind a text that starts like no path.
 */
static int
fail_start(struct json_parser *p)
{
	size_t name = json_name_length(p, p->at);

	if (json_is_digit(*p->at) || *p->at == ']')
		return json_parse_fail(p, p->at,
		    "the shell ate `$[`; use single quotes or the `.` form");
	if (*p->at == '@')
		return json_parse_fail(
		    p, p->at, "a path starts with $; @ is for filters");
	if (*p->at == '*')
		return json_parse_fail(p, p->at, "did you mean .*?");
	if (name > 0 && p->at[name] == '(')
		return json_parse_fail(p, p->at,
		    "functions are for filters, as in $[?length(@.a)>1]");
	if (name > 0 && strchr(".[", p->at[name]))
		return fail_meant(p, ".");
	return json_parse_fail(
	    p, p->at, "a path starts with $, . or [; a JSON Pointer with /");
}

/* Behind the last segment there is more. */
static int
fail_rest(struct json_parser *p)
{
	size_t name = json_name_length(p, p->at);

	if (p->at == p->text + 1 && name > 0)
		return fail_meant(p, "$.");
	if (*p->at == ' ' || *p->at == '\t' || *p->at == '\n')
		return json_parse_fail(p, p->at, "blanks behind the path");
	if (*p->at == '-')
		return json_parse_fail(
		    p, p->at, "a name with - needs brackets: ['a-b']");
	if (*p->at == '|')
		return json_parse_fail(
		    p, p->at, "no pipes here: this is JSONPath, not jq");
	return json_parse_fail(p, p->at, "expected . or [");
}

static int
parse_path(struct json_parser *p)
{
	if (!json_take(p, '$') && *p->at != '.' && *p->at != '[')
		return fail_start(p);
	if (json_parse_segments(p, &p->path->query) != 0)
		return -1;
	return p->at == p->end ? 0 : fail_rest(p);
}

static int
parse_any(struct json_parser *p)
{
	if (strncmp(p->text, "//", 2) == 0)
		return json_parse_fail(
		    p, p->text, "did you mean --xpath or --each-xpath?");
	if (*p->text == '/' || *p->text == '\0')
		return json_parse_pointer(p, &p->path->query);
	return parse_path(p);
}

static bool
names_member(const struct json_selector *s)
{
	return !s->next && (s->kind == JSON_SELECT_NAME ||
	                       (s->kind == JSON_SELECT_TOKEN && s->index < 0));
}

static const char *
find_last_name(const struct json_query *query)
{
	const char *name = NULL;

	for (const struct json_segment *s = query->segments; s; s = s->next)
		if (names_member(s->selectors))
			name = s->selectors->name.bytes;
	return name;
}

struct json_path *
json_path_new(const char *text, struct json_error *error)
{
	struct json_path *path = xcalloc(1, sizeof(*path));
	struct json_parser p = {
	    .text = text,
	    .at = text,
	    .end = text + strlen(text),
	    .path = path,
	    .error = error,
	};

	pool_init(&path->pool);
	if (parse_any(&p) != 0) {
		json_path_free(path);
		return NULL;
	}
	path->last_name = find_last_name(&path->query);
	return path;
}

void
json_path_free(struct json_path *path)
{
	if (!path)
		return;
	for (struct json_expr *e = path->patterns; e; e = e->next_pattern)
		json_regex_free(e->regex);
	json_regex_engine_free(path->regex_engine);
	pool_release(&path->pool);
	free(path);
}

bool
json_path_is_singular(const struct json_path *path)
{
	return path->query.singular;
}

const char *
json_path_last_name(const struct json_path *path)
{
	return path->last_name;
}

/* --- matches as spans of the text ---------------------------------------- */

struct collector {
	const struct json_doc *doc;
	struct json_spans *out;
};

static bool
see_match(void *arg, uint32_t node)
{
	struct collector *c = arg;

	json_spans_add(c->out, json_span_at(c->doc, node));
	return !json_spans_too_many(c->out);
}

int
json_path_apply(const struct json_path *path, const struct json_doc *doc,
    struct json_spans *out, struct json_error *error)
{
	struct collector c = {.doc = doc, .out = out};
	size_t before = out->len;
	struct json_eval eval;
	const char *stopped;

	if (doc->tape_len == 0)
		return 0;
	json_eval_init(&eval, path, doc);
	json_query_visit(
	    &eval, &path->query, 0, (struct json_visitor){see_match, &c});
	stopped = json_spans_too_many(out) ? "it finds too much" : eval.stopped;
	json_eval_release(&eval);
	if (!stopped)
		return 0;
	out->len = before;
	*error = (struct json_error){.line = 1, .column = 1};
	snprintf(error->message, sizeof(error->message), "%s", stopped);
	return -1;
}

void
json_spans_add(struct json_spans *spans, struct json_span span)
{
	if (spans->len == spans->cap) {
		spans->cap = 2 * spans->cap + 8;
		spans->items = xreallocarray(
		    spans->items, spans->cap, sizeof(*spans->items));
	}
	spans->items[spans->len++] = span;
	spans->size += json_span_cost(&span);
}

void
json_spans_clear(struct json_spans *spans)
{
	spans->len = 0;
	spans->size = 0;
}

void
json_spans_release(struct json_spans *spans)
{
	free(spans->items);
	*spans = (struct json_spans){0};
}
