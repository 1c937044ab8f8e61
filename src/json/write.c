/* Writing JSON: strings, numbers, members, and at the end scanned values in
 * other forms. */
#include "config.h"

#include "json/write.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/scan.h"
#include "json/string.h"
#include "text/utf8.h"

#define EXACT_MAX 9007199254740992.0 /* integers are exact up to here */

/* Append the escape of an ASCII character, the short one if it has one. */
static void
add_escape(struct buf *b, unsigned char c)
{
	static const char bytes[] = "\"\\\b\f\n\r\t";
	static const char letters[] = "\"\\bfnrt";
	const char *at = memchr(bytes, c, sizeof(bytes) - 1);

	if (!at) {
		buf_addf(b, "\\u%04x", c);
		return;
	}
	buf_addc(b, '\\');
	buf_addc(b, letters[at - bytes]);
}

/* DEL needs none by RFC 8259, but terminals act on it. */
static bool
needs_escape(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\' || c == 0x7F;
}

#define EACH_BYTE(c) (UINT64_C(0x0101010101010101) * (c))

/* Does one of eight bytes need an escape, or is it not ASCII? Subtracting sets
 * the highest bit of a byte that is smaller than what is subtracted, and of
 * some behind it, which costs a second look. */
static bool
any_special(uint64_t eight)
{
	uint64_t quote = eight ^ EACH_BYTE('"');
	uint64_t backslash = eight ^ EACH_BYTE('\\');
	uint64_t del = eight ^ EACH_BYTE(0x7F);
	uint64_t found = (eight - EACH_BYTE(0x20)) | (quote - EACH_BYTE(1)) |
	                 (backslash - EACH_BYTE(1)) | (del - EACH_BYTE(1)) |
	                 eight;

	return found & EACH_BYTE(0x80);
}

/* How many of the bytes at `s` are ASCII without an escape, in eights. */
static size_t
ascii_length(const char *s, size_t len)
{
	uint64_t eight;
	size_t at = 0;

	for (; len - at >= sizeof(eight); at += sizeof(eight)) {
		memcpy(&eight, s + at, sizeof(eight));
		if (any_special(eight))
			break;
	}
	return at;
}

/* How many of the `len` bytes at `s` can be copied as they are: whole
 * characters, or 0. */
static size_t
plain_length(const char *s, size_t len)
{
	size_t at = ascii_length(s, len);
	uint32_t cp;

	while (at < len) {
		unsigned char c = (unsigned char)s[at];
		size_t n = 1;

		if (c >= 0x80)
			n = utf8_decode(s + at, len - at, &cp);
		else if (needs_escape(c))
			break;
		if (n == 0)
			break;
		at += n;
	}
	return at;
}

void
json_add_string(struct buf *b, const char *s, size_t len)
{
	static const char replacement[] = "\xEF\xBF\xBD";

	buf_addc(b, '"');
	for (;;) {
		size_t plain = plain_length(s, len);

		buf_add(b, s, plain);
		if (plain == len)
			break;
		s += plain;
		len -= plain;
		if ((unsigned char)*s < 0x80)
			add_escape(b, (unsigned char)*s);
		else
			buf_adds(b, replacement);
		s++;
		len--;
	}
	buf_addc(b, '"');
}

void
json_add_text_or_null(struct buf *b, const char *s)
{
	if (s)
		json_add_string(b, s, strlen(s));
	else
		buf_add(b, "null", 4);
}

void
json_add_integer(struct buf *b, int64_t n)
{
	if (n < 0)
		buf_addc(b, '-');
	buf_addu(b, n < 0 ? -(uint64_t)n : (uint64_t)n);
}

void
json_add_number(struct buf *b, double n)
{
	char text[32];

	if (!isfinite(n)) {
		buf_adds(b, "null");
		return;
	}
	if (n == 0) /* without a sign */
		n = 0;
	if (fabs(n) < EXACT_MAX && n == trunc(n)) {
		buf_addf(b, "%.0f", n);
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, n);
		if (strtod(text, NULL) == n)
			break;
	}
	buf_adds(b, text);
}

static void
put_two(char *to, uint32_t n)
{
	to[0] = (char)('0' + n / 10);
	to[1] = (char)('0' + n % 10);
}

void
json_add_seconds(struct buf *b, int64_t us)
{
	uint64_t magnitude = us < 0 ? -(uint64_t)us : (uint64_t)us;
	uint64_t whole = magnitude / 1000000;
	uint32_t rest = (uint32_t)(magnitude % 1000000);
	char digits[] = "0.000000";

	if (us < 0)
		buf_addc(b, '-');
	if (whole > 9)
		buf_addu(b, whole);
	else
		digits[0] = (char)('0' + whole);
	put_two(digits + 2, rest / 10000);
	put_two(digits + 4, rest / 100 % 100);
	put_two(digits + 6, rest % 100);
	buf_add(b, digits + (whole > 9), 8 - (whole > 9));
}

void
json_open_member(struct buf *b, const char *name)
{
	if (b->data[b->len - 1] != '{')
		buf_addc(b, ',');
	json_add_string(b, name, strlen(name));
	buf_addc(b, ':');
}

void
json_open_object(struct buf *b, const char *name)
{
	json_open_member(b, name);
	buf_addc(b, '{');
}

/* The place behind the string whose opening quote is at `at`; `end` if it does
 * not end. */
static const char *
skip_string(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++)
		if (*at == '\\')
			at++;
	return at < end ? at + 1 : end;
}

void
json_add_compact(struct buf *b, const char *span, size_t len)
{
	const char *at = span, *end = span + len, *run = span;

	while (at < end) {
		if (*at == '"') {
			at = skip_string(at, end);
		} else if (json_is_blank(*at)) {
			buf_add(b, run, (size_t)(at - run));
			while (at < end && json_is_blank(*at))
				at++;
			run = at;
		} else {
			at++;
		}
	}
	buf_add(b, run, (size_t)(end - run));
}

bool
json_add_unescaped(struct buf *b, const char *span, size_t len)
{
	size_t before = b->len;

	if (json_string_decode(b, span, len))
		return true;
	buf_truncate(b, before);
	return false;
}

void
json_add_text(struct buf *b, const char *span, size_t len)
{
	if (*span != '"' || !json_add_unescaped(b, span, len))
		json_add_compact(b, span, len);
}

/* Does a text hold control characters: C0, DEL, or C1 as UTF-8 encodes them? */
static bool
has_controls(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c == 0x7F)
			return true;
		if (c == 0xC2 && i + 1 < len && (unsigned char)s[i + 1] < 0xA0)
			return true;
	}
	return false;
}

void
json_add_field(struct buf *b, const char *span, size_t len)
{
	size_t before = b->len;

	if (len == 0 || *span != '"') {
		json_add_compact(b, span, len);
		return;
	}
	if (json_add_unescaped(b, span, len) &&
	    !has_controls(b->data + before, b->len - before))
		return;
	buf_truncate(b, before);
	buf_add(b, span, len);
}
