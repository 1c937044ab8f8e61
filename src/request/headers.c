/*
 * Lines, then the headers in them, then the heads that they make up; and at the
 * bottom heads as text for people.
 */
#include "config.h"

#include "request/headers.h"

#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "text/ascii.h"
#include "text/utf8.h"

bool
header_is(const struct header *h, const char *name)
{
	return ascii_is_word(h->name, h->name_len, name);
}

/* A name holds no blanks; that tells headers from a status line whose reason
 * has a colon in it. */
bool
header_split(struct header *h, const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len);

	if (!colon || colon == line ||
	    memchr(line, ' ', (size_t)(colon - line)))
		return false;
	h->name = line;
	h->name_len = (size_t)(colon - line);
	h->value_len = len - h->name_len - 1;
	h->value = ascii_trim(colon + 1, &h->value_len);
	return true;
}

const char *
headers_next_line(const char **at, size_t *len)
{
	const char *line = *at, *end = line + strcspn(line, "\n");

	if (!*line)
		return NULL;
	/* Nothing can be folded into the blank line that ends a head. */
	if (end > line && !(*line == '\r' && end == line + 1))
		while (*end && ascii_is_blank(end[1]))
			end += 1 + strcspn(end + 1, "\n");
	*at = end + (*end == '\n');
	/* A lone CR where the text was cut off does not make a blank line. */
	if (end > line + !*end && end[-1] == '\r')
		end--;
	*len = (size_t)(end - line);
	return line;
}

bool
headers_next(const char **at, struct header *h)
{
	const char *line;
	size_t len;

	while ((line = headers_next_line(at, &len)))
		if (header_split(h, line, len))
			return true;
	return false;
}

bool
headers_find_next(const char **at, const char *name, struct header *h)
{
	while (headers_next(at, h))
		if (header_is(h, name))
			return true;
	return false;
}

bool
headers_find(const char *block, const char *name, struct header *h)
{
	return headers_find_next(&block, name, h);
}

size_t
headers_count(const char *block)
{
	struct header h;
	size_t n = 0;

	while (headers_next(&block, &h))
		n++;
	return n;
}

size_t
headers_complete_len(const char *text)
{
	const char *at = text, *end = text;
	size_t len;

	while (headers_next_line(&at, &len))
		if (!len)
			end = at;
	return (size_t)(end - text);
}

const char *
headers_last_head(const char *text, size_t *len)
{
	const char *start = text, *at = text, *end = NULL, *line;
	bool may_begin = true;
	size_t n;

	while ((line = headers_next_line(&at, &n))) {
		/* A trailer may look like a status line, but only a head
		 * follows on a blank line. */
		if (may_begin && strncmp(line, "HTTP/", 5) == 0) {
			start = line;
			end = NULL;
		}
		may_begin = !n;
		if (!n && !end)
			end = at;
	}
	*len = end ? (size_t)(end - start) : strlen(start);
	return start;
}

/* Does the line continue the header on the line before? */
static bool
is_folded(const char *line, const char *start, const char *end)
{
	return line > start && line < end && ascii_is_blank(*line);
}

/* Remove the end of the last line, and the blanks in front of it. */
static void
trim_end(struct buf *out)
{
	size_t len = out->len;

	while (len && ascii_is_space(out->data[len - 1]))
		len--;
	buf_truncate(out, len);
}

/* Append the bytes with one space instead of each end of a line that goes on
 * in the next one. */
static void
unfold(struct buf *out, const char *bytes, size_t len)
{
	const char *end = bytes + len, *next;

	for (const char *line = bytes; line < end; line = next) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));

		next = newline ? newline + 1 : end;
		if (is_folded(line, bytes, end)) {
			trim_end(out);
			buf_addc(out, ' ');
			while (line < next && ascii_is_blank(*line))
				line++;
		}
		buf_add(out, line, (size_t)(next - line));
	}
}

/* Append one line as UTF-8. Bytes of ISO-8859-1 are code points as they are. */
static void
add_line(struct buf *out, const char *line, size_t len)
{
	if (utf8_valid(line, len)) {
		buf_add(out, line, len);
		return;
	}
	for (size_t i = 0; i < len; i++)
		utf8_encode(out, (unsigned char)line[i]);
}

char *
headers_clean(const char *bytes, size_t len)
{
	struct buf lines, out;
	size_t n;

	/* Most of what is cleaned is a single value, and clean. */
	if (!memchr(bytes, '\n', len) && utf8_valid(bytes, len))
		return xmemdup0(bytes, len);
	buf_init(&lines);
	buf_init(&out);
	unfold(&lines, bytes, len);
	for (size_t at = 0; at < lines.len; at += n) {
		const char *line = lines.data + at;
		const char *end = memchr(line, '\n', lines.len - at);

		n = end ? (size_t)(end - line) + 1 : lines.len - at;
		add_line(&out, line, n);
	}
	buf_release(&lines);
	return buf_take(&out);
}
