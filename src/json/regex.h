/*
 * I-Regexp (RFC 9485), checked, translated to PCRE2 and matched with a
 * limit. As in the RFC's own mapping, ^ and $ outside of brackets anchor.
 */
#ifndef GATHER_JSON_REGEX_H
#define GATHER_JSON_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* PCRE2, loaded when a path calls match() or search(). */
struct json_regex_engine;
/* NULL with *cause set (caller frees): this program was built without PCRE2,
 * or it is not installed. */
struct json_regex_engine *json_regex_engine_new(char **cause);
/* NULL is fine. */
void json_regex_engine_free(struct json_regex_engine *);

struct json_regex; /* compiled */

enum json_regex_extent {
	JSON_REGEX_NONE,
	JSON_REGEX_WHOLE, /* must match the whole text: match() */
	JSON_REGEX_PART,  /* some part of it: search() */
};

/* What a pattern is compiled by, and for what. The engine must live longer. */
struct json_regex_use {
	const struct json_regex_engine *engine;
	enum json_regex_extent extent;
};
/* NULL: `pattern` is no I-Regexp; *problem (static) says why. */
struct json_regex *json_regex_new(const char *pattern, size_t len,
    struct json_regex_use use, const char **problem);
void json_regex_free(struct json_regex *);

enum json_regex_answer {
	JSON_REGEX_NO,
	JSON_REGEX_YES,
	JSON_REGEX_LIMIT, /* took too much */
};
/*
 * Does it match? What that takes is subtracted from *steps, and when nothing
 * is left the answer is JSON_REGEX_LIMIT.
 */
enum json_regex_answer json_regex_match(
    const struct json_regex *, const char *text, size_t len, uint64_t *steps);

/* Append the PCRE2 form of `pattern`. Returns false with *problem set
 * (static) if it is no I-Regexp; `out` then holds a part. */
bool json_iregexp_translate(
    struct buf *out, const char *pattern, size_t len, const char **problem);

#endif
