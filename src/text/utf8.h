/*
 * UTF-8 (RFC 3629), and text from strangers made safe to show.
 */
#ifndef GATHER_TEXT_UTF8_H
#define GATHER_TEXT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Decode one code point from the `len` (>= 1) bytes at `s` into *cp.
 * Returns the bytes used, 1 to 4, or 0 if they are no valid UTF-8: overlong
 * forms, surrogates and anything beyond U+10FFFF are not.
 */
size_t utf8_decode(const char *s, size_t len, uint32_t *cp);
/* Append `cp` (a scalar value) as UTF-8. */
void utf8_encode(struct buf *, uint32_t cp);
bool utf8_valid(const char *s, size_t len);

/* Is it a byte of a character that began before it? */
static inline bool
utf8_is_continuation(char c)
{
	return ((unsigned char)c & 0xC0U) == 0x80U;
}

/* How many characters a person counts in it; a byte that is no valid UTF-8
 * may be one. */
size_t utf8_count(const char *s, size_t len);
/* How many bytes of `s` are `max` or fewer and cut no character in two. */
size_t utf8_cut(const char *s, size_t len, size_t max);
/* Behind a byte order mark, if one begins `s`; *len is what is left. */
const char *utf8_skip_mark(const char *s, size_t *len);
/* The same of a whole buffer. */
void utf8_drop_mark(struct buf *);

/*
 * Append the text so that a terminal shows it and does nothing else: C0 and
 * C1 controls, DEL, bidirectional overrides and invalid bytes become \n, \t,
 * \xNN or \u{NNNN}; everything else, backslashes too, stays as it is.
 */
void utf8_add_safe(struct buf *, const char *s, size_t len);

#endif
