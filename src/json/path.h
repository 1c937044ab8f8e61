/*
 * JSONPath (RFC 9535) and JSON Pointer (RFC 6901) over a JSON text, without
 * a document tree: a match is a span of the text, so numbers and strings
 * come out as the server wrote them.
 *
 * Of members with the same name, a name selects the last (as most parsers
 * do); wildcards and descendants see all of them. Filters compare numbers by
 * their exact decimal values, and strings by code points. A pattern of match()
 * or search() that is a literal must be an I-Regexp (RFC 9485); another one
 * that is none matches nothing.
 */
#ifndef GATHER_JSON_PATH_H
#define GATHER_JSON_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_path; /* compiled */

struct json_span {
	const char *start;
	size_t len;
};

struct json_spans {
	struct json_span *items;
	size_t len;
	size_t cap;
	uint64_t size; /* what all of them cost: json_span_cost */
	uint64_t max;  /* more is too much; 0: no limit */
};

/* What a value takes where it is put out, with what divides it from the next
 * one; what it takes here, if that is more than most of them do. */
static inline uint64_t
json_span_cost(const struct json_span *span)
{
	return span->len < 3 ? 4 : (uint64_t)span->len + 1;
}

struct json_error {
	size_t line;   /* from 1 */
	size_t column; /* from 1, in characters */
	char message[192];
};

/*
 * Compile. `$...` is JSONPath, `.x` and `[...]` are short for `$.x` and
 * `$[...]`, `/...` and "" are JSON Pointer. NULL on a bad one, with
 * error->column (line is 1) and a message that says what to write instead.
 */
struct json_path *json_path_new(const char *text, struct json_error *error);
void json_path_free(struct json_path *);
/* Can the path match at most once in any document? True for JSON Pointers and
 * for JSONPaths of names and indices only (RFC 9535, 2.3.5.1). */
bool json_path_is_singular(const struct json_path *);
/* The last segment that is one member name, for column names; NULL: there is
 * none. Borrowed. */
const char *json_path_last_name(const struct json_path *);

/* A text that was scanned: strict RFC 8259, UTF-8, depth at most 1,000. A byte
 * order mark, which readers may ignore (8.1), is no part of it. */
struct json_doc;
struct json_doc *json_doc_new(void); /* reusable: scan replaces the text */
void json_doc_free(struct json_doc *);
/* `text` is borrowed, and must live as long as its matches. -1: it is no
 * JSON, and where; then no path matches anything in it. */
int json_doc_scan(
    struct json_doc *, const char *text, size_t len, struct json_error *error);

/* Append the matches, in RFC 9535's order. -1: the step budget is used up, or
 * they are too many (json_spans_too_many); the spans are as they were. A
 * zeroed struct json_spans is an empty one without a limit. */
int json_path_apply(const struct json_path *, const struct json_doc *,
    struct json_spans *out, struct json_error *error);
void json_spans_add(struct json_spans *, struct json_span);
static inline bool
json_spans_too_many(const struct json_spans *spans)
{
	return spans->max && spans->size > spans->max;
}
/* Forget them, keep the memory and the limit. */
void json_spans_clear(struct json_spans *);
void json_spans_release(struct json_spans *);

#endif
