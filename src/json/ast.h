/*
 * A compiled path. Everything in it comes from the path's pool.
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

/* Decoded, valid UTF-8; NULs are possible. A NUL follows. */
struct json_text {
	const char *bytes;
	size_t len;
};

enum json_selector_kind {
	JSON_SELECT_NAME,
	JSON_SELECT_INDEX,
	JSON_SELECT_WILDCARD,
	JSON_SELECT_SLICE,
	JSON_SELECT_FILTER,
	JSON_SELECT_TOKEN, /* of a JSON Pointer: a name, or an index */
};

/* RFC 9535, 2.3.4.2: what was left out depends on the sign of `step`. */
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

struct json_segment {
	struct json_segment *next;
	bool descendant;
	struct json_selector *selectors; /* at least one */
};

struct json_query {
	bool relative; /* starts at @, not at $ */
	bool singular; /* can match once at most */
	size_t number; /* of one in a filter that starts at $: from 0 */
	struct json_segment *segments;
};

/* The types of RFC 9535, 2.4.1. */
enum json_result_type {
	JSON_RESULT_VALUE,
	JSON_RESULT_LOGICAL,
	JSON_RESULT_NODES,
};

enum json_expr_kind {
	JSON_EXPR_OR,
	JSON_EXPR_AND,
	JSON_EXPR_NOT,     /* of `left` */
	JSON_EXPR_COMPARE, /* `left` `relation` `right` */
	JSON_EXPR_QUERY,   /* as a test: does it match anything? */
	JSON_EXPR_CALL,
	/* From here on no tests. */
	JSON_EXPR_STRING,
	JSON_EXPR_LITERAL, /* a number, true, false, null */
};

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

/* A function extension (RFC 9535, 2.4). */
struct json_function {
	const char *name;
	unsigned arity;
	enum json_result_type parameters[JSON_ARGUMENTS_MAX];
	enum json_result_type result;   /* LOGICAL: JSON_TRUE or JSON_FALSE */
	enum json_regex_extent pattern; /* of the second argument */
	/* Into *out, which is initialised. */
	void (*call)(struct json_eval *, const struct json_expr *call,
	    uint32_t node, struct json_value *out);
};

struct json_expr {
	enum json_expr_kind kind;
	enum json_relation relation;
	struct json_expr *left;
	struct json_expr *right;
	struct json_query query;
	const struct json_function *function;
	struct json_expr *arguments[JSON_ARGUMENTS_MAX];
	struct json_text text;    /* of a literal; strings decoded */
	struct json_regex *regex; /* a literal pattern, compiled; owned */
	struct json_expr *next_pattern;
	bool grouped;   /* stood in parentheses, so it is a test */
	const char *at; /* where it starts in the path's text */
};

struct json_path {
	struct pool pool;
	struct json_query query;
	const char *last_name;                  /* in the pool; NULL: none */
	struct json_expr *patterns;             /* those that own a regex */
	struct json_regex_engine *regex_engine; /* NULL: it needs none */
	size_t constants; /* queries in filters that start at $ */
};

#endif
