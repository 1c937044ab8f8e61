/* Filter expressions (RFC 9535, 2.3.5), evaluated. */
#include "config.h"

#include <assert.h>
#include <string.h>

#include "json/path_eval.h"
#include "json/value.h"
#include "text/utf8.h"

/* --- operands ----------------------------------------------------------------
 */

static void
expr_value(struct json_eval *eval, const struct json_expr *e, uint32_t node,
    struct json_value *out)
{
	uint32_t found;

	if (e->kind == JSON_EXPR_STRING) {
		json_value_set_string(out, e->text);
	} else if (e->kind == JSON_EXPR_LITERAL) {
		json_value_set_literal(out, e->text);
	} else if (e->kind == JSON_EXPR_CALL) {
		e->function->call(eval, e, node, out);
	} else {
		assert(e->kind == JSON_EXPR_QUERY);
		if (json_query_first(eval, &e->query, node, &found))
			json_value_load(out, eval, found);
	}
}

/* --- functions (RFC 9535, 2.4) ----------------------------------------------
 */

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
	expr_value(eval, call->arguments[0], node, &v);
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
	expr_value(eval, call->arguments[0], node, &text);
	if (!regex) {
		expr_value(eval, call->arguments[1], node, &pattern);
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

/* --- tests
 * -------------------------------------------------------------------- */

/* Its operands are queries of their own. */
enum {
	STEPS_PER_COMPARISON = 8
};

/* What each relation takes for true. */
static const struct {
	bool less;
	bool equal;
	bool greater;
	bool inverted;
} relations[] = {
    [JSON_EQ] = {.equal = true},
    [JSON_NE] = {.equal = true, .inverted = true},
    [JSON_LT] = {.less = true},
    [JSON_LE] = {.less = true, .equal = true},
    [JSON_GT] = {.greater = true},
    [JSON_GE] = {.greater = true, .equal = true},
};

static bool
test_compare(struct json_eval *eval, const struct json_expr *e, uint32_t node)
{
	struct json_value a, b;
	bool holds;

	json_spend(eval, STEPS_PER_COMPARISON);
	json_value_init(&a);
	json_value_init(&b);
	expr_value(eval, e->left, node, &a);
	expr_value(eval, e->right, node, &b);
	holds =
	    (relations[e->relation].less && json_value_less(&a, &b)) ||
	    (relations[e->relation].greater && json_value_less(&b, &a)) ||
	    (relations[e->relation].equal && json_value_equal(eval, &a, &b));
	json_value_release(&a);
	json_value_release(&b);
	return holds != relations[e->relation].inverted;
}

/* The chain a || b || c leans to the right, so it is a loop. */
static bool
test_or(struct json_eval *eval, const struct json_expr *e, uint32_t node)
{
	for (; e->kind == JSON_EXPR_OR; e = e->right)
		if (json_filter_test(eval, e->left, node))
			return true;
	return json_filter_test(eval, e, node);
}

static bool
test_and(struct json_eval *eval, const struct json_expr *e, uint32_t node)
{
	for (; e->kind == JSON_EXPR_AND; e = e->right)
		if (!json_filter_test(eval, e->left, node))
			return false;
	return json_filter_test(eval, e, node);
}

static bool
test_not(struct json_eval *eval, const struct json_expr *e, uint32_t node)
{
	return !json_filter_test(eval, e->left, node);
}

static bool
test_query(struct json_eval *eval, const struct json_expr *e, uint32_t node)
{
	uint32_t found;

	return json_query_first(eval, &e->query, node, &found);
}

static bool
test_call(struct json_eval *eval, const struct json_expr *e, uint32_t node)
{
	struct json_value v;
	bool holds;

	json_value_init(&v);
	e->function->call(eval, e, node, &v);
	holds = v.type == JSON_TRUE;
	json_value_release(&v);
	return holds;
}

bool
json_filter_test(
    struct json_eval *eval, const struct json_expr *filter, uint32_t node)
{
	static bool (*const tests[])(
	    struct json_eval *, const struct json_expr *, uint32_t) = {
	    [JSON_EXPR_OR] = test_or,
	    [JSON_EXPR_AND] = test_and,
	    [JSON_EXPR_NOT] = test_not,
	    [JSON_EXPR_COMPARE] = test_compare,
	    [JSON_EXPR_QUERY] = test_query,
	    [JSON_EXPR_CALL] = test_call,
	};

	assert(filter->kind < sizeof(tests) / sizeof(tests[0]));
	return tests[filter->kind](eval, filter, node);
}
