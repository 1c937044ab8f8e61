/* JSON paths as a language of match.h. What they find are spans of the body
 * itself. */
#include "config.h"

#include "match/language.h"

#include <stdio.h>

#include "base/xalloc.h"

static void *
compile(const char *text, size_t *column, char **why)
{
	struct json_error error;
	struct json_path *path = json_path_new(text, &error);

	if (path)
		return path;
	*column = error.column;
	*why = xstrdup(error.message);
	return NULL;
}

static void
expression_free(void *expression)
{
	json_path_free(expression);
}

static bool
is_singular(const void *expression)
{
	return json_path_is_singular(expression);
}

static const char *
name(const void *expression)
{
	return json_path_last_name(expression);
}

static void *
document_new(void)
{
	return json_doc_new();
}

static void
document_free(void *document)
{
	json_doc_free(document);
}

static int
read_text(
    void *document, const struct match_input *input, struct match_problem *p)
{
	struct json_error error;

	if (input->len == 0) {
		*p = (struct match_problem){
		    ERROR_JSON, "empty", "the body is empty, not JSON"};
		return -1;
	}
	if (json_doc_scan(document, input->bytes, input->len, &error) == 0)
		return 0;
	*p = (struct match_problem){ERROR_JSON, "syntax", ""};
	snprintf(p->message, sizeof(p->message),
	    "invalid JSON in the body: line %zu, column %zu: %s", error.line,
	    error.column, error.message);
	return -1;
}

static void
enter(void *document, const struct json_span *match)
{
	if (match)
		json_doc_enter(document, match);
	else
		json_doc_leave(document);
}

static int
apply(const void *expression, void *document, struct matches *found,
    struct match_problem *p)
{
	struct json_error error;

	if (json_path_apply(expression, document, &found->spans, &error) == 0)
		return 0;
	*p = (struct match_problem){ERROR_JSON, "path", ""};
	snprintf(p->message, sizeof(p->message), "%s", error.message);
	return -1;
}

static unsigned
describe_gap(
    const void *expression, const char *text, void *document, struct buf *out)
{
	return json_path_describe_gap(expression, text, document, out);
}

const struct language language_json = {
    .default_name = "value",
    .compile = compile,
    .expression_free = expression_free,
    .is_singular = is_singular,
    .name = name,
    .document_new = document_new,
    .document_free = document_free,
    .read = read_text,
    .enter = enter,
    .apply = apply,
    .describe_gap = describe_gap,
};
