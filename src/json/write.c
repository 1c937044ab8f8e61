/* Writing JSON: strings, numbers, members, and at the end scanned values in
 * other forms. */
#include "config.h"

#include "json/write.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/block.h"
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

/* How many of the bytes at `s` are ASCII without an escape, in blocks. */
static size_t
ascii_length(const char *s, size_t len)
{
	const char *at = s, *end = s + len;

	while (
	    block_fits(at, end) && (block_stops(at) | block_deletes(at)) == 0)
		at += BLOCK;
	return (size_t)(at - s);
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

/* The place of the quote or backslash that comes next in a string; `end` if
 * there is none. */
static const char *
find_quote(const char *at, const char *end)
{
	for (; block_fits(at, end); at += BLOCK) {
		uint32_t quotes = block_quotes(at) | block_slashes(at);

		if (quotes)
			return at + block_first(quotes);
	}
	while (at < end && *at != '"' && *at != '\\')
		at++;
	return at;
}

/* The place behind the string whose opening quote is at `at`; `end` if it does
 * not end. */
static const char *
skip_string(const char *at, const char *end)
{
	at = find_quote(at + 1, end);
	while (at < end && *at == '\\' && end - at > 1)
		at = find_quote(at + 2, end);
	return at < end ? at + 1 : end;
}

/* The place of the blank that comes next between tokens, or of the string;
 * `end` if there is neither. */
static const char *
find_blank_or_string(const char *at, const char *end)
{
	for (; block_fits(at, end); at += BLOCK) {
		uint32_t found = block_blanks(at) | block_quotes(at);

		if (found)
			return at + block_first(found);
	}
	while (at < end && *at != '"' && !json_is_blank(*at))
		at++;
	return at;
}

static const char *
skip_blanks(const char *at, const char *end)
{
	for (; block_fits(at, end); at += BLOCK) {
		uint32_t others = block_blanks(at) ^ BLOCK_ALL;

		if (others)
			return at + block_first(others);
	}
	while (at < end && json_is_blank(*at))
		at++;
	return at;
}

/* Append an array or object. */
static void
add_compact_container(struct buf *b, const char *span, const char *end)
{
	const char *at = span, *run = span;

	while ((at = find_blank_or_string(at, end)) < end) {
		if (*at == '"') {
			at = skip_string(at, end);
			continue;
		}
		buf_add(b, run, (size_t)(at - run));
		at = skip_blanks(at, end);
		run = at;
	}
	buf_add(b, run, (size_t)(end - run));
}

/* What may be around a scanned value is stepped over first. */
void
json_add_compact(struct buf *b, const char *span, size_t len)
{
	const char *end = span + len, *at = skip_blanks(span, end);

	while (end > at && json_is_blank(end[-1]))
		end--;
	if (at < end && (*at == '{' || *at == '['))
		add_compact_container(b, at, end);
	else
		buf_add(b, at, (size_t)(end - at));
}

void
json_add_value(struct buf *b, const struct json_spans *spans, size_t i)
{
	const struct json_span *span = &spans->items[i];

	if (spans->compact)
		buf_add(b, span->start, span->len);
	else
		json_add_compact(b, span->start, span->len);
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
