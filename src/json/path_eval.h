/*
 * Evaluating compiled queries on a scanned text. A node is the index of a value
 * on the tape (scan.h); doc->root is what $ stands for.
 *
 * Every evaluation has a budget of steps, so that a path that is quadratic or
 * worse in the document ends within a fraction of a second. When the budget is
 * used up, all functions here return at once, and what they found is to be
 * dropped.
 */
#ifndef GATHER_JSON_PATH_EVAL_H
#define GATHER_JSON_PATH_EVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "json/ast.h"
#include "json/regex.h"
#include "json/scan.h"

/* Returned where there is no such node. It is the whole text, which is no child
 * of anything. */
#define JSON_NO_NODE UINT32_C(0)

/* Reading this many bytes of a text costs one step. */
#define JSON_BYTES_PER_STEP 16

/* The first match of a query in a filter that starts at $. It is the same for
 * every node that the filter tests, so it is looked for once. */
struct json_constant {
	bool known;
	bool found;
	uint32_t node;
};

/* One evaluation of one path on one document, both borrowed. */
struct json_eval {
	const struct json_doc *doc;
	uint64_t steps_left;
	const char *stopped; /* static: why it was given up; NULL: it was not */
	uint32_t *elements;  /* stack: elements of the arrays being sliced */
	size_t elements_len;
	size_t elements_cap;
	struct buf name;                 /* scratch: a member name, decoded */
	struct json_constant *constants; /* by the number of the query */
	struct buf pattern; /* the last pattern that was no literal */
	struct json_regex_use pattern_use; /* its use; NONE: there was none */
	struct json_regex *regex; /* owned: `pattern` compiled; NULL: invalid */
	struct json_regex_scratch *scratch; /* NULL: nothing was matched yet */
};

/* Begin an evaluation, with a budget in proportion to the document. */
void json_eval_init(
    struct json_eval *, const struct json_path *, const struct json_doc *);
void json_eval_release(struct json_eval *);
/* Pay for work. Returns false if the budget is used up or the evaluation was
 * stopped, from then on always. */
bool json_spend(struct json_eval *, uint64_t steps);
/* Give the evaluation up for another reason than the budget. `why` is static;
 * the first reason stays. */
void json_stop(struct json_eval *, const char *why);

/* Called with each match; returns false if no more are wanted. */
struct json_visitor {
	bool (*on_node)(void *arg, uint32_t node);
	void *arg;
};

/*
 * Visit what `query` matches, in RFC 9535's order, repetitions included;
 * `current` is what @ stands for. Returns false if the visitor or the budget
 * ended it.
 */
bool json_query_visit(struct json_eval *, const struct json_query *query,
    uint32_t current, struct json_visitor visitor);
/* Find the first match of `query`, and set *node to it. Returns false if there
 * is none. `current` is what @ stands for. */
bool json_query_first(struct json_eval *, const struct json_query *query,
    uint32_t current, uint32_t *node);

/* The value of the member of `object` with this name, the last one if there are
 * several. JSON_NO_NODE if there is none, or if `object` is not an object. */
uint32_t json_member(struct json_eval *, uint32_t object, struct json_text);
/* The number of elements of an array or members of an object; 0 of anything
 * else. Costs no steps: the caller pays for what it does with it. */
size_t json_count_children(const struct json_doc *, uint32_t node);

/* The function of this name that filters may call (filter_eval.c). NULL if
 * there is none. Static. */
const struct json_function *json_function_find(const char *name, size_t len);
/* Does `node` pass the filter? False, too, once the budget is used up. */
bool json_filter_test(
    struct json_eval *, const struct json_expr *filter, uint32_t node);

#endif
