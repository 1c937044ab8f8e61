/*
 * A buffer keeps a NUL behind its bytes whenever it has memory, so that its
 * data can be used as a string.
 */
#include "config.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum {
	SMALLEST = 64 /* bytes of memory that a buffer begins with */
};

void
buf_init(struct buf *b)
{
	*b = (struct buf){0};
}

void
buf_release(struct buf *b)
{
	free(b->data);
	buf_init(b);
}

void
buf_clear(struct buf *b)
{
	buf_truncate(b, 0);
}

void
buf_truncate(struct buf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->data[len] = '\0';
}

char *
buf_reserve(struct buf *b, size_t more)
{
	size_t need, cap;

	if (more >= SIZE_MAX / 2 - b->len)
		die("out of memory");
	need = b->len + more + 1;
	if (need > b->cap) {
		cap = b->cap ? b->cap : SMALLEST;
		while (cap < need)
			cap *= 2;
		b->data = xreallocarray(b->data, cap, 1);
		b->cap = cap;
	}
	return b->data + b->len;
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

size_t
buf_put_digits(char *digits, uint64_t n)
{
	char backwards[BUF_DIGITS];
	size_t at = sizeof(backwards);

	do {
		backwards[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	memcpy(digits, backwards + at, sizeof(backwards) - at);
	return sizeof(backwards) - at;
}

void
buf_addu(struct buf *b, uint64_t n)
{
	if (n < 10) {
		buf_addc(b, (char)('0' + n));
		return;
	}
	b->len += buf_put_digits(buf_reserve(b, BUF_DIGITS), n);
	b->data[b->len] = '\0';
}

void
buf_addv(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (len < 0)
		die("cannot format a message");
	vsnprintf(buf_reserve(b, (size_t)len), (size_t)len + 1, fmt, ap);
	b->len += (size_t)len;
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_addv(b, fmt, ap);
	va_end(ap);
}

char *
buf_take(struct buf *b)
{
	char *data = b->data ? b->data : xmemdup0("", 0);

	buf_init(b);
	return data;
}
