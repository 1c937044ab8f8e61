/*
 * Decoding and encoding, counting and cutting, byte order marks, and at the
 * end utf8_add_safe(), which every message for a terminal passes.
 */
#include "config.h"

#include "text/utf8.h"

#include <string.h>

/* Returns how many bytes the sequence has that `lead` begins, 0: it begins
 * none; *cp becomes the bits of the character that `lead` holds. */
static size_t
sequence_length(unsigned char lead, uint32_t *cp)
{
	if (lead < 0x80) {
		*cp = lead;
		return 1;
	}
	if (lead >= 0xC2 && lead <= 0xDF) {
		*cp = lead & 0x1FU;
		return 2;
	}
	if (lead >= 0xE0 && lead <= 0xEF) {
		*cp = lead & 0x0FU;
		return 3;
	}
	if (lead >= 0xF0 && lead <= 0xF4) {
		*cp = lead & 0x07U;
		return 4;
	}
	return 0;
}

size_t
utf8_decode(const char *s, size_t len, uint32_t *cp)
{
	/* The smallest character of each length; what is smaller is overlong.
	 */
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = sequence_length((unsigned char)s[0], cp);

	if (n == 0 || n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (!utf8_is_continuation(s[i]))
			return 0;
		*cp = *cp << 6 | ((unsigned char)s[i] & 0x3FU);
	}
	if (*cp < smallest[n] || *cp > 0x10FFFF ||
	    (*cp >= 0xD800 && *cp <= 0xDFFF))
		return 0;
	return n;
}

void
utf8_encode(struct buf *b, uint32_t cp)
{
	if (cp < 0x80) {
		buf_addc(b, (char)cp);
		return;
	}
	if (cp < 0x800) {
		buf_addc(b, (char)(0xC0 | cp >> 6));
	} else {
		if (cp < 0x10000) {
			buf_addc(b, (char)(0xE0 | cp >> 12));
		} else {
			buf_addc(b, (char)(0xF0 | cp >> 18));
			buf_addc(b, (char)(0x80 | (cp >> 12 & 0x3F)));
		}
		buf_addc(b, (char)(0x80 | (cp >> 6 & 0x3F)));
	}
	buf_addc(b, (char)(0x80 | (cp & 0x3F)));
}

/* Returns how many bytes at the start of `s` are known to be ASCII. Most text
 * is, so this looks at eight bytes at a time. */
static size_t
ascii_prefix(const char *s, size_t len)
{
	uint64_t word;
	size_t n = 0;

	for (; len - n >= sizeof(word); n += sizeof(word)) {
		memcpy(&word, s + n, sizeof(word));
		if (word & UINT64_C(0x8080808080808080))
			break;
	}
	return n;
}

bool
utf8_valid(const char *s, size_t len)
{
	uint32_t cp;
	size_t ascii = ascii_prefix(s, len);

	s += ascii;
	len -= ascii;
	while (len) {
		size_t n = utf8_decode(s, len, &cp);

		if (n == 0)
			return false;
		s += n;
		len -= n;
	}
	return true;
}

size_t
utf8_count(const char *s, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += !utf8_is_continuation(s[i]);
	return count;
}

size_t
utf8_cut(const char *s, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max && utf8_is_continuation(s[max]))
		max--;
	return max;
}

void
utf8_add_middle(struct buf *out, const char *s, size_t max, size_t tail)
{
	size_t len = strlen(s);
	size_t at = len > tail ? len - tail : 0;

	if (len <= max) {
		buf_adds(out, s);
		return;
	}
	while (utf8_is_continuation(s[at]))
		at++;
	buf_add(out, s, utf8_cut(s, len, max - tail));
	buf_adds(out, "…");
	buf_adds(out, s + at);
}

const char *
utf8_skip_mark(const char *s, size_t *len)
{
	static const char mark[] = "\xEF\xBB\xBF";
	size_t n = sizeof(mark) - 1;

	if (*len < n || memcmp(s, mark, n) != 0)
		return s;
	*len -= n;
	return s + n;
}

void
utf8_drop_mark(struct buf *b)
{
	size_t len = b->len;
	const char *text = utf8_skip_mark(b->data, &len);

	if (len == b->len)
		return;
	memmove(b->data, text, len);
	buf_truncate(b, len);
}

bool
utf8_is_deceptive(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x061C ||
	       cp == 0x200E || cp == 0x200F || (cp >= 0x2028 && cp <= 0x202E) ||
	       (cp >= 0x2066 && cp <= 0x2069) || cp == 0xFEFF;
}

static void
add_escaped(struct buf *b, uint32_t cp)
{
	if (cp == '\n')
		buf_adds(b, "\\n");
	else if (cp == '\t')
		buf_adds(b, "\\t");
	else if (cp == '\r')
		buf_adds(b, "\\r");
	else if (cp < 0x80)
		buf_addf(b, "\\x%02X", cp);
	else
		buf_addf(b, "\\u{%04X}", cp);
}

void
utf8_add_safe(struct buf *b, const char *s, size_t len)
{
	uint32_t cp;

	while (len) {
		size_t n = utf8_decode(s, len, &cp);

		if (n == 0) {
			buf_addf(b, "\\x%02X", (unsigned char)*s);
			n = 1;
		} else if (utf8_is_deceptive(cp)) {
			add_escaped(b, cp);
		} else {
			buf_add(b, s, n);
		}
		s += n;
		len -= n;
	}
}
