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
/* Returns whether all of `s` is UTF-8. */
bool utf8_valid(const char *s, size_t len);

/* Returns whether `c` continues a character that a byte before it began. */
static inline bool
utf8_is_continuation(char c)
{
	return ((unsigned char)c & 0xC0U) == 0x80U;
}

/* Returns the number of code points in `s`; of bytes that are not UTF-8, those
 * count that would begin one. */
size_t utf8_count(const char *s, size_t len);
/* Returns the largest length, `max` at most, at which `s` can be cut without
 * cutting a character in two. */
size_t utf8_cut(const char *s, size_t len, size_t max);
/* Append `s`, or where it is longer than `max` bytes, its begin and about the
 * last `tail` bytes of it with "…" between them; no character is cut in two. */
void utf8_add_middle(struct buf *, const char *s, size_t max, size_t tail);
/* Skip a byte order mark at the start of `s`. Returns what follows, and sets
 * *len to its length. */
const char *utf8_skip_mark(const char *s, size_t *len);
/* Remove a byte order mark at the start of a buffer. */
void utf8_drop_mark(struct buf *);

/* Returns whether a character could change how a terminal shows what is around
 * it: controls, marks that reorder text ("Trojan Source", CVE-2021-42574), and
 * separators of lines that each terminal treats in its own way. */
bool utf8_is_deceptive(uint32_t cp);
/*
 * Append the text so that a terminal shows it and does nothing else: C0 and
 * C1 controls, DEL, bidirectional overrides and invalid bytes become \n, \t,
 * \xNN or \u{NNNN}; everything else, backslashes too, stays as it is.
 */
void utf8_add_safe(struct buf *, const char *s, size_t len);

#endif
