#include "config.h"

#include "json/function.h"

#include <string.h>

#include "base/utf8.h"
#include "json/value.h"

/* Compiling a pattern that is known only now. */
enum {
	STEPS_PER_PATTERN_BYTE = 50
};

/* RFC 9535, 2.4.4. */
static void
call_length(struct json_eval *eval, const struct json_expr *call, uint32_t node,
    struct json_value *out)
{
	struct json_value v;

	json_value_init(&v);
	json_expr_value(eval, call->arguments[0], node, &v);
	if (v.type == JSON_STRING) {
		json_spend(eval, v.text.len / JSON_BYTES_PER_STEP);
		json_value_set_count(out, utf8_count(v.text.bytes, v.text.len));
	} else if (v.type == JSON_ARRAY || v.type == JSON_OBJECT) {
		size_t n = json_count_children(eval->doc, v.node);

		json_spend(eval, n);
		json_value_set_count(out, n);
	}
	json_value_release(&v);
}

struct nodes {
	size_t count;
	uint32_t last;
};

static bool
see_node(void *arg, uint32_t node)
{
	struct nodes *nodes = arg;

	nodes->count++;
	nodes->last = node;
	return true;
}

static struct nodes
nodes_of(struct json_eval *eval, const struct json_expr *path, uint32_t node)
{
	struct nodes nodes = {0};

	json_query_visit(
	    eval, &path->query, node, (struct json_visitor){see_node, &nodes});
	return nodes;
}

/* RFC 9535, 2.4.5. */
static void
call_count(struct json_eval *eval, const struct json_expr *call, uint32_t node,
    struct json_value *out)
{
	json_value_set_count(
	    out, nodes_of(eval, call->arguments[0], node).count);
}

/* RFC 9535, 2.4.8. */
static void
call_value(struct json_eval *eval, const struct json_expr *call, uint32_t node,
    struct json_value *out)
{
	struct nodes nodes = nodes_of(eval, call->arguments[0], node);

	if (nodes.count == 1)
		json_value_load(out, eval, nodes.last);
}

/* The regex of a pattern that is known only now; NULL: it is none. The last
 * one is kept, since it is mostly the same again. */
static const struct json_regex *
compile_late(struct json_eval *eval, const struct json_value *pattern,
    enum json_regex_extent extent)
{
	struct buf *last = &eval->pattern;
	struct json_text text = pattern->text;
	const char *problem;

	if (pattern->type != JSON_STRING)
		return NULL;
	if (eval->pattern_use.extent == extent && last->len == text.len &&
	    memcmp(last->data, text.bytes, text.len) == 0)
		return eval->regex;
	json_regex_free(eval->regex);
	eval->pattern_use.extent = extent;
	eval->regex =
	    json_regex_new(text.bytes, text.len, eval->pattern_use, &problem);
	buf_clear(last);
	buf_add(last, text.bytes, text.len);
	json_spend(eval, text.len * STEPS_PER_PATTERN_BYTE);
	return eval->regex;
}

static bool
matches(struct json_eval *eval, const struct json_regex *regex,
    struct json_text text)
{
	enum json_regex_answer answer =
	    json_regex_match(regex, text.bytes, text.len, &eval->steps_left);

	if (answer == JSON_REGEX_LIMIT)
		json_stop(eval,
		    "a regular expression takes too long on this document");
	return answer == JSON_REGEX_YES;
}

/* match() and search(): RFC 9535, 2.4.6 and 2.4.7. */
static void
call_regex(struct json_eval *eval, const struct json_expr *call, uint32_t node,
    struct json_value *out)
{
	const struct json_regex *regex = call->arguments[1]->regex;
	struct json_value text, pattern;

	json_value_init(&text);
	json_value_init(&pattern);
	json_expr_value(eval, call->arguments[0], node, &text);
	if (!regex) {
		json_expr_value(eval, call->arguments[1], node, &pattern);
		regex = compile_late(eval, &pattern, call->function->pattern);
	}
	json_value_set_logical(out, regex && text.type == JSON_STRING &&
	                                matches(eval, regex, text.text));
	json_value_release(&text);
	json_value_release(&pattern);
}

static const struct json_function functions[] = {
    {.name = "count",
        .arity = 1,
        .parameters = {JSON_RESULT_NODES},
        .result = JSON_RESULT_VALUE,
        .call = call_count},
    {.name = "length",
        .arity = 1,
        .parameters = {JSON_RESULT_VALUE},
        .result = JSON_RESULT_VALUE,
        .call = call_length},
    {.name = "match",
        .arity = 2,
        .parameters = {JSON_RESULT_VALUE, JSON_RESULT_VALUE},
        .result = JSON_RESULT_LOGICAL,
        .pattern = JSON_REGEX_WHOLE,
        .call = call_regex},
    {.name = "search",
        .arity = 2,
        .parameters = {JSON_RESULT_VALUE, JSON_RESULT_VALUE},
        .result = JSON_RESULT_LOGICAL,
        .pattern = JSON_REGEX_PART,
        .call = call_regex},
    {.name = "value",
        .arity = 1,
        .parameters = {JSON_RESULT_NODES},
        .result = JSON_RESULT_VALUE,
        .call = call_value},
};

const struct json_function *
json_function_find(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (strlen(functions[i].name) == len &&
		    memcmp(functions[i].name, name, len) == 0)
			return &functions[i];
	return NULL;
}
