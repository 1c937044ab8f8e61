/*
 * A growable byte buffer. `data` is always NUL-terminated once anything was
 * added, but may hold NULs; `len` counts without the terminator.
 *
 * Growing past what memory holds dies (xalloc.h). Whoever fills a buffer
 * from outside checks its ceiling before adding.
 */
#ifndef GATHER_BASE_BUF_H
#define GATHER_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
	char *data; /* NULL while nothing was added */
	size_t len;
	size_t cap;
};

void buf_init(struct buf *);
void buf_release(struct buf *);
/* Forget the content, keep the memory. */
void buf_clear(struct buf *);
/* Shorten to `len` bytes; no more than there are. */
void buf_truncate(struct buf *, size_t len);
/* Room for `more` bytes behind the content; returns where they go. */
char *buf_reserve(struct buf *, size_t more);
void buf_adds(struct buf *, const char *s);
void buf_addu(struct buf *, uint64_t n);
void buf_addf(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_addv(struct buf *, const char *fmt, va_list)
    __attribute__((format(printf, 2, 0)));

/* Inline, as a record is made of a hundred small pieces. */

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

static inline void
buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

/* The content as a text: "" while nothing was added. Borrowed. */
static inline const char *
buf_text(const struct buf *b)
{
	return b->data ? b->data : "";
}

/* Move the content out: the caller frees it; the buffer is empty again.
 * Never NULL. */
char *buf_take(struct buf *);

#endif
