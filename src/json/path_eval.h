/*
 * Evaluating compiled queries on a scanned text. Nodes are places on the
 * tape (scan.h).
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

/* The document itself is nobody's child. */
#define JSON_NO_NODE UINT32_C(0)

/* Reading this many bytes of a text costs a step. */
#define JSON_BYTES_PER_STEP 16

/* The first match of a query that starts at $: the same for each @. */
struct json_constant {
	bool known;
	bool found;
	uint32_t node;
};

struct json_eval {
	const struct json_doc *doc;
	uint64_t steps_left;
	const char *stopped; /* why the evaluation was given up; NULL: it goes
	                        on */
	uint32_t *elements;  /* stack of the slices that are being walked */
	size_t elements_len;
	size_t elements_cap;
	struct buf name; /* scratch: a member name without escapes */
	struct json_constant *constants; /* by the query's number */
	struct buf pattern;              /* the last one that was no literal */
	struct json_regex_use pattern_use; /* extent NONE: there was none */
	struct json_regex *regex;          /* owned; NULL: it is none */
};

void json_eval_init(
    struct json_eval *, const struct json_path *, const struct json_doc *);
void json_eval_release(struct json_eval *);
/* Pay for work; false, from then on always: the budget is used up. */
bool json_spend(struct json_eval *, uint64_t steps);
/* Give up for another reason; `why` is static. The first reason stays. */
void json_stop(struct json_eval *, const char *why);

/* Called for each match; false: that is enough. */
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
/* The first match of `query` into *node. Returns false if there is none. */
bool json_query_first(struct json_eval *, const struct json_query *query,
    uint32_t current, uint32_t *node);

/* The value of a member, the last one of that name; JSON_NO_NODE: none, or
 * `object` is no object. */
uint32_t json_member(struct json_eval *, uint32_t object, struct json_text);
/* The number of elements or members; 0 of anything else. */
size_t json_count_children(const struct json_doc *, uint32_t node);

/* The function of this name that filters may call; NULL: there is none. */
const struct json_function *json_function_find(const char *name, size_t len);
/* Does `node` pass the filter? */
bool json_filter_test(
    struct json_eval *, const struct json_expr *filter, uint32_t node);

#endif
