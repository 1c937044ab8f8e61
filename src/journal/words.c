#include "config.h"

#include "journal/words.h"

#include <string.h>

#include "base/xalloc.h"

enum {
	BITS = 7,
	MORE = 1 << BITS
};

void
words_add_number(struct buf *out, uint64_t n)
{
	for (; n >= MORE; n >>= BITS)
		buf_addc(out, (char)(n % MORE | MORE));
	buf_addc(out, (char)n);
}

void
words_add_signed(struct buf *out, int64_t n)
{
	uint64_t twice = (uint64_t)n << 1;

	words_add_number(out, n < 0 ? ~twice : twice);
}

void
words_add_text(struct buf *out, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	words_add_number(out, text ? (uint64_t)len + 1 : 0);
	buf_add(out, text ? text : "", len);
}

uint64_t
words_number(struct words *w)
{
	uint64_t n = 0;

	for (unsigned shift = 0; shift < 64; shift += BITS) {
		unsigned char c =
		    w->at < w->end && !w->bad ? (unsigned char)*w->at++ : MORE;

		n |= (uint64_t)(c % MORE) << shift;
		if (c < MORE)
			return n;
	}
	w->bad = true;
	return 0;
}

int64_t
words_signed(struct words *w)
{
	uint64_t n = words_number(w);

	return n & 1 ? -(int64_t)(n >> 1) - 1 : (int64_t)(n >> 1);
}

const char *
words_bytes(struct words *w, size_t len)
{
	const char *bytes = w->at;

	if (w->bad || len > (size_t)(w->end - w->at)) {
		w->bad = true;
		return NULL;
	}
	w->at += len;
	return bytes;
}

char *
words_text(struct words *w)
{
	uint64_t len = words_number(w);
	const char *bytes;

	if (len == 0)
		return NULL;
	if (len - 1 > SIZE_MAX / 2) {
		w->bad = true;
		return NULL;
	}
	bytes = words_bytes(w, (size_t)len - 1);
	return bytes ? xmemdup0(bytes, (size_t)len - 1) : NULL;
}
