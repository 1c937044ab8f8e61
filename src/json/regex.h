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

struct json_regex; /* compiled */

enum json_regex_extent {
	JSON_REGEX_NONE,
	JSON_REGEX_WHOLE, /* must match the whole text: match() */
	JSON_REGEX_PART,  /* some part of it: search() */
};

/* Was this program built with PCRE2? */
bool json_regex_available(void);
/* NULL: `pattern` is no I-Regexp; *problem (static) says why. */
struct json_regex *json_regex_new(const char *pattern, size_t len,
    enum json_regex_extent extent, const char **problem);
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
