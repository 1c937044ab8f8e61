/*
 * What the two parsers of paths share: a place in the text, errors that point
 * at it, and the smallest parts of the language. path_parse.c reads segments,
 * JSON Pointers and whole paths, filter_parse.c what stands behind the ? of a
 * filter.
 *
 * What they make belongs to the pool of the path. Functions that return an int
 * return 0, or -1 with the error of the parser set; those that return a pointer
 * return NULL instead of -1.
 */
#ifndef GATHER_JSON_PATH_PARSE_H
#define GATHER_JSON_PATH_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "json/ast.h"
#include "json/path.h"

/* Indices and bounds of slices are limited to the integers that a double holds
 * exactly (RFC 9535, 2.1). */
#define JSON_INTEGER_MAX INT64_C(9007199254740991)

enum {
	JSON_NESTING_MAX = 64,   /* filters, parentheses, calls in each other */
	JSON_SEGMENTS_MAX = 1000 /* segments in the whole text */
};

/* A parser at work. The text is NUL-terminated, so looking one byte ahead is
 * always allowed. */
struct json_parser {
	const char *text; /* NUL-terminated */
	const char *at;
	const char *end; /* of the text */
	struct json_path *path;
	struct json_error *error;
	/* May a query leave out its $ before a dot or a bracket? In RFC 9535 it
	 * may not. */
	bool dollar_optional;
	unsigned nesting;
	unsigned segments;
};

/* Set the error: a problem at `at`, a place in the text. Always returns -1.
 * What is made so far stays in the pool. */
int json_parse_fail(struct json_parser *, const char *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Step over blanks, if there are any. */
void json_skip_blanks(struct json_parser *);
/* Step over `c` if it comes next, and say whether it did. */
bool json_take(struct json_parser *, char c);
/* Step over `word` if it comes next, and say whether it did. What follows it is
 * not looked at. */
bool json_take_word(struct json_parser *, const char *word);
/* The length in bytes of a shorthand name (RFC 9535, 2.5.1.1) at `at`; 0 if
 * there is none. */
size_t json_name_length(const struct json_parser *, const char *at);
/* Read a string literal in single or double quotes, decoded, into *text. */
int json_parse_string(struct json_parser *, struct json_text *);

/* Read as many segments as there are, possibly none, into `query`, and note
 * whether it is singular. Stops without an error at what is no segment. */
int json_parse_segments(struct json_parser *, struct json_query *query);
/* Read the expression behind the `?` of a filter selector, and check its types
 * (RFC 9535, 2.4.3). */
struct json_expr *json_parse_filter(struct json_parser *);

#endif
