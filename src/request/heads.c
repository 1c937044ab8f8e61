#include "config.h"

#include "request/heads.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "base/xalloc.h"

/* The line at `text`, which is not empty, with its end. */
static size_t
line_length(const char *text)
{
	size_t len = strcspn(text, "\n");

	return len + (text[len] == '\n');
}

static bool
is_blank(const char *line)
{
	return *line == '\n' || (line[0] == '\r' && line[1] == '\n');
}

size_t
heads_length(const char *text)
{
	const char *end = text;

	for (const char *line = text; *line; line += line_length(line))
		if (is_blank(line))
			end = line + line_length(line);
	return (size_t)(end - text);
}

const char *
heads_last(const char *text, size_t *len)
{
	const char *start = text, *end = NULL;
	bool begins = true;

	for (const char *line = text; *line; line += line_length(line)) {
		if (begins && strncmp(line, "HTTP/", 5) == 0) {
			start = line;
			end = NULL;
		}
		begins = is_blank(line);
		if (begins && !end)
			end = line + line_length(line);
	}
	*len = end ? (size_t)(end - start) : strlen(start);
	return start;
}

static bool
is_folded(const char *line, const char *start, const char *end)
{
	return line > start && line < end && ascii_is_blank(*line);
}

/* Take the end of the line away, and the blanks before it. */
static void
trim_end(struct buf *out)
{
	size_t len = out->len;

	while (len && ascii_is_space(out->data[len - 1]))
		len--;
	buf_truncate(out, len);
}

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
heads_clean(const char *bytes, size_t len)
{
	struct buf lines, out;
	size_t n;

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
