/* JSON strings (RFC 8259, 7): checking them, and their text with escapes
 * resolved. */
#ifndef GATHER_JSON_STRING_H
#define GATHER_JSON_STRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* What a check of a string found out. */
struct json_string_scan {
	const char *at;      /* behind its closing quote, or at the problem */
	const char *problem; /* static; NULL: it is valid */
	bool escaped;        /* it holds escapes */
};

/* Check a string from `at` on, which is behind its opening quote and all that
 * was checked before: its escapes, valid UTF-8, no raw control characters.
 * `end` is that of the text. */
struct json_string_scan json_string_scan(const char *at, const char *end);

enum {
	JSON_NO_ESCAPE = 0
};

/*
 * Decode the escape whose backslash is at `s`, with `len` bytes from there on,
 * into *cp. Besides the escapes of JSON, `quote` may be escaped, which paths in
 * single quotes need. A surrogate pair is one escape; an unpaired surrogate
 * comes out as itself.
 *
 * Returns the bytes that the escape takes, or JSON_NO_ESCAPE if it is
 * malformed.
 */
size_t json_escape_decode(const char *s, size_t len, char quote, uint32_t *cp);

/* Is it half of a pair, which is no character of its own? */
static inline bool
json_is_surrogate(uint32_t cp)
{
	return cp >= 0xD800 && cp <= 0xDFFF;
}

/* Append the text of a scanned string, whose quotes are part of the span. An
 * unpaired surrogate takes the three bytes that UTF-8 would have for it, so the
 * result compares right but is not UTF-8; returns false if there was one. */
bool json_string_decode(struct buf *, const char *span, size_t len);

#endif
