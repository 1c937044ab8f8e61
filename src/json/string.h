/* The text of JSON strings, escapes resolved. */
#ifndef GATHER_JSON_STRING_H
#define GATHER_JSON_STRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* What was seen of a string. */
struct json_string_scan {
	const char *at;      /* behind its closing quote, or at the problem */
	const char *problem; /* static; NULL: it is valid */
	bool escaped;        /* it holds escapes */
};

/* Check the string whose opening quote is at `at`. */
struct json_string_scan json_string_scan(const char *at, const char *end);

enum {
	JSON_NO_ESCAPE = 0
};

/*
 * Decode one escape, whose backslash is at `s`, with `len` bytes from there
 * on, into *cp; `quote` may be escaped too. A surrogate pair is one escape; a
 * lone surrogate comes out as itself.
 *
 * Returns the bytes it took, or JSON_NO_ESCAPE if it is none.
 */
size_t json_escape_decode(const char *s, size_t len, char quote, uint32_t *cp);

static inline bool
json_is_surrogate(uint32_t cp)
{
	return cp >= 0xD800 && cp <= 0xDFFF;
}

/*
 * Append the text of a scanned string (quotes in the span). A lone surrogate
 * takes the three bytes that UTF-8 would have for it, so the result compares
 * right but is no UTF-8; returns false if there was one.
 */
bool json_string_decode(struct buf *, const char *span, size_t len);

#endif
