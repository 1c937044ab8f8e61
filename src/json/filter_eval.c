/* Filter expressions (RFC 9535, 2.3.5), evaluated. */
#include "config.h"

#include <assert.h>

#include "json/function.h"
#include "json/path_eval.h"
#include "json/value.h"

/* Its operands are queries of their own. */
enum {
	STEPS_PER_COMPARISON = 8
};

void
json_expr_value(struct json_eval *eval, const struct json_expr *e,
    uint32_t node, struct json_value *out)
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
	json_expr_value(eval, e->left, node, &a);
	json_expr_value(eval, e->right, node, &b);
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
