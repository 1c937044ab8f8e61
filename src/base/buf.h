/*
 * A growable byte buffer. `data` is always NUL-terminated once anything was
 * added, but may hold NULs; `len` counts without the terminator.
 *
 * A buffer that grows past what memory holds ends the program (xalloc.h).
 * Whoever fills one from outside checks its ceiling before adding. What is
 * added must not point into the buffer itself.
 */
#ifndef GATHER_BASE_BUF_H
#define GATHER_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	BUF_DIGITS = 20 /* of the largest number of 64 bits */
};

struct buf {
	char *data; /* NULL while nothing was added */
	size_t len; /* bytes of content */
	size_t cap; /* bytes of memory, the terminator included */
};

/* Initialise an empty buffer; all zero does as well. */
void buf_init(struct buf *);
/* Free the content and leave the buffer empty, ready to be used again. */
void buf_release(struct buf *);
/* Forget the content, but keep the memory. */
void buf_clear(struct buf *);
/* Shorten the content to `len` bytes; nothing happens if it is shorter. */
void buf_truncate(struct buf *, size_t len);
/* Make room for `more` bytes behind the content, and a terminator. Returns
 * where they go; the caller adds to `len` what it writes. */
char *buf_reserve(struct buf *, size_t more);
/* Append a string. */
void buf_adds(struct buf *, const char *s);
/* Write a number in decimal, without the cost of a format: at most BUF_DIGITS
 * digits, and no NUL. Returns how many. */
size_t buf_put_digits(char *digits, uint64_t n);
/* Append a number in decimal. */
void buf_addu(struct buf *, uint64_t n);
/* Append what printf() would print. */
void buf_addf(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_addv(struct buf *, const char *fmt, va_list)
    __attribute__((format(printf, 2, 0)));

/* The next two are inline, as a record is made of a hundred small pieces. */

/* Append `len` bytes. */
static inline void
buf_add(struct buf *b, const void *data, size_t len)
{
	char *to = b->data && len < b->cap - b->len ? b->data + b->len
	                                            : buf_reserve(b, len);

	if (len)
		memcpy(to, data, len);
	b->len += len;
	to[len] = '\0';
}

/* Append a byte. */
static inline void
buf_addc(struct buf *b, char c)
{
	char *to = b->data && b->cap - b->len > 1 ? b->data + b->len
	                                          : buf_reserve(b, 1);

	to[0] = c;
	to[1] = '\0';
	b->len++;
}

/* Returns the content as a string, "" while nothing was added; borrowed. */
static inline const char *
buf_text(const struct buf *b)
{
	return b->data ? b->data : "";
}

/* Move the content out, which the caller frees; the buffer is empty again.
 * Never NULL. */
char *buf_take(struct buf *);

#endif
