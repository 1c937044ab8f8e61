/*
 * The parsers of paths: segments, filters and JSON Pointers. They share a place
 * in the text, errors that point at it, and the smallest parts of the language.
 * What they make is of the path's pool. All functions that return an int return
 * 0, or -1 with the parser's error set.
 */
#ifndef GATHER_JSON_PATH_PARSE_H
#define GATHER_JSON_PATH_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "json/ast.h"
#include "json/path.h"

/* Integers in paths are those that a double holds (RFC 9535, 2.1). */
#define JSON_INTEGER_MAX INT64_C(9007199254740991)

enum {
	JSON_NESTING_MAX = 64,   /* filters, parentheses, calls */
	JSON_SEGMENTS_MAX = 1000 /* in the whole text */
};

struct json_parser {
	const char *text; /* NUL-terminated */
	const char *at;
	const char *end; /* of the text */
	struct json_path *path;
	struct json_error *error;
	unsigned nesting;
	unsigned segments;
};

/* Report a problem at `at`. Always -1. */
int json_parse_fail(struct json_parser *, const char *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void json_skip_blanks(struct json_parser *);
/* Step over `c` if it comes next. */
bool json_take(struct json_parser *, char c);
/* Step over `word` if it comes next. */
bool json_take_word(struct json_parser *, const char *word);
/* The length of a shorthand name (RFC 9535, 2.5.1.1) at `at`; 0: none. */
size_t json_name_length(const struct json_parser *, const char *at);
/* A string literal in single or double quotes. 0 or -1. */
int json_parse_string(struct json_parser *, struct json_text *);

/* As many segments as there are, possibly none, into `query`, which says
 * then whether it is singular. 0 or -1. */
int json_parse_segments(struct json_parser *, struct json_query *query);
/* What follows the `?` of a filter selector. NULL on an error. */
struct json_expr *json_parse_filter(struct json_parser *);

#endif
