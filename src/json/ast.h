/*
 * The compiled form of a path: a query is a list of segments, a segment a list
 * of selectors, and a filter selector holds a tree of expressions (RFC 9535,
 * 2.1 to 2.4).
 *
 * The parsers (path_parse.c, filter_parse.c) make it, the evaluators
 * (path_eval.c, filter_eval.c) only read it. All of it lives in the pool of its
 * struct json_path, but for the compiled regular expressions, which
 * json_path_free frees one by one.
 */
#ifndef GATHER_JSON_AST_H
#define GATHER_JSON_AST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "json/regex.h"

struct json_eval;
struct json_expr;
struct json_value;

/* A text of the path, decoded to valid UTF-8. It may hold NULs, so `len`
 * counts; a NUL follows the bytes all the same. */
struct json_text {
	const char *bytes;
	size_t len;
};

/* The kinds of selectors. TOKEN is a part of a JSON Pointer: the same token
 * names a member of an object or an element of an array, which only the
 * document tells. */
enum json_selector_kind {
	JSON_SELECT_NAME,
	JSON_SELECT_INDEX,
	JSON_SELECT_WILDCARD,
	JSON_SELECT_SLICE,
	JSON_SELECT_FILTER,
	JSON_SELECT_TOKEN,
};

/* The slice [start:end:step]. What a bound that was left out stands for depends
 * on the sign of `step` (RFC 9535, 2.3.4.2). */
struct json_slice {
	bool has_start;
	bool has_end;
	int64_t start;
	int64_t end;
	int64_t step;
};

struct json_selector {
	struct json_selector *next;
	enum json_selector_kind kind;
	struct json_text name; /* NAME, TOKEN */
	int64_t index;         /* INDEX; TOKEN: -1 if it can be no index */
	struct json_slice slice;
	struct json_expr *filter;
};

/* One segment. It is applied to each node that the segments before it selected;
 * a descendant segment (..) to all nodes below those, too. */
struct json_segment {
	struct json_segment *next;
	size_t end; /* bytes of the path's text up to its end */
	bool descendant;
	struct json_selector *selectors; /* at least one */
};

struct json_query {
	bool relative; /* it starts at @, not at $ */
	bool singular; /* it can match once at most (RFC 9535, 2.3.5.1) */
	size_t number; /* index of a query in a filter that starts at $, whose
	                * first match is looked for once (path_eval.h) */
	struct json_segment *segments;
};

/* What an expression or a parameter of a function is: the types of RFC 9535,
 * 2.4.1. */
enum json_result_type {
	JSON_RESULT_VALUE,
	JSON_RESULT_LOGICAL,
	JSON_RESULT_NODES,
};

/* The kinds of expressions in a filter. Those before STRING can be tests. */
enum json_expr_kind {
	JSON_EXPR_OR,
	JSON_EXPR_AND,
	JSON_EXPR_NOT,     /* of `left` */
	JSON_EXPR_COMPARE, /* `left` `relation` `right` */
	JSON_EXPR_QUERY,   /* as a test: true if the query matches anything */
	JSON_EXPR_CALL,
	/* The kinds from here on have a value and cannot be tests. */
	JSON_EXPR_STRING,
	JSON_EXPR_LITERAL, /* a number, true, false or null */
};

/* The relations of comparisons. filter_eval.c has a row for each. */
enum json_relation {
	JSON_EQ,
	JSON_NE,
	JSON_LE,
	JSON_GE,
	JSON_LT,
	JSON_GT,
};

enum {
	JSON_ARGUMENTS_MAX = 2
};

/* A function extension (RFC 9535, 2.4), as the parser checks its calls and the
 * evaluator makes them. */
struct json_function {
	const char *name;
	unsigned arity;
	enum json_result_type parameters[JSON_ARGUMENTS_MAX];
	enum json_result_type result;   /* LOGICAL: JSON_TRUE or JSON_FALSE */
	enum json_regex_extent pattern; /* of the second argument */
	/* Evaluate `call` where @ stands for `node`, and put its value into
	 * *out, which is initialised. */
	void (*call)(struct json_eval *, const struct json_expr *call,
	    uint32_t node, struct json_value *out);
};

/* One node of the tree of a filter. `kind` says which of the members mean
 * something. */
struct json_expr {
	enum json_expr_kind kind;
	enum json_relation relation;
	struct json_expr *left;
	struct json_expr *right;
	struct json_query query;
	const struct json_function *function;
	struct json_expr *arguments[JSON_ARGUMENTS_MAX];
	struct json_text text; /* STRING: decoded; LITERAL: as written */
	struct json_regex
	    *regex; /* owned; STRING that is a pattern: compiled */
	struct json_expr *next_pattern; /* the next that owns a regex */
	bool grouped; /* it stood in parentheses, so it can only be a test */
	const char
	    *at; /* where it starts in the text of the path; for messages */
};

/* A whole compiled path. */
struct json_path {
	struct pool pool;
	struct json_query query;
	struct json_expr *test;     /* of a condition; NULL: it is a path */
	const char *last_name;      /* in the pool; NULL: none */
	struct json_expr *patterns; /* the list of those that own a regex */
	struct json_regex_engine *regex_engine; /* NULL: no pattern in it */
	size_t constants; /* how many queries in filters start at $ */
};

#endif
