/*
 * One character after the other, with what the end of a piece leaves open held
 * back for the next piece. What is made visible is decided in text/utf8.h.
 */
#include "config.h"

#include "writer/terminal_filter.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "text/utf8.h"

/* How many bytes of UTF-8 a character has that begins with `lead`; 1 where none
 * can begin with it. */
static size_t
length_of(char lead)
{
	unsigned char c = (unsigned char)lead;

	return c < 0xC2 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 1;
}

/* Is it a control character that is shown as it is? A CR without an LF would
 * let a server overwrite the line. */
static bool
is_shown_unchanged(const char *s, size_t len)
{
	return *s == '\n' || *s == '\t' ||
	       (*s == '\r' && len > 1 && s[1] == '\n');
}

/* Does the piece end within the character that begins here, or after a CR that
 * may be followed by an LF? */
static bool
is_cut(const char *s, size_t len)
{
	if (*s == '\r')
		return len == 1;
	if (len >= length_of(*s))
		return false;
	for (size_t i = 1; i < len; i++)
		if (!utf8_is_continuation(s[i]))
			return false;
	return true;
}

/* Append what is shown of the piece. Returns how many bytes at its end wait for
 * more. */
static size_t
add_shown(const char *s, size_t len, struct buf *out)
{
	while (len && !is_cut(s, len)) {
		uint32_t cp;
		size_t n = utf8_decode(s, len, &cp);

		n = n ? n : 1;
		if (is_shown_unchanged(s, len))
			buf_addc(out, *s);
		else
			utf8_add_safe(out, s, n);
		s += n;
		len -= n;
	}
	return len;
}

void
terminal_filter_add(struct terminal_filter *shown, const char *data, size_t len,
    struct buf *out)
{
	struct buf joined;
	size_t left;

	buf_init(&joined);
	if (shown->len) {
		buf_add(&joined, shown->held, shown->len);
		buf_add(&joined, data, len);
		data = joined.data;
		len = joined.len;
	}
	left = add_shown(data, len, out);
	memcpy(shown->held, data + len - left, left);
	shown->len = left;
	buf_release(&joined);
}

void
terminal_filter_end(struct terminal_filter *shown, struct buf *out)
{
	utf8_add_safe(out, shown->held, shown->len);
	shown->len = 0;
}

int
terminal_write_all(int fd, const char *data, size_t len)
{
	struct terminal_filter shown = {.len = 0};
	struct buf text;
	int rc;

	if (!isatty(fd))
		return io_write_all(fd, data, len);
	buf_init(&text);
	terminal_filter_add(&shown, data, len, &text);
	terminal_filter_end(&shown, &text);
	rc = io_write_all(fd, text.data, text.len);
	buf_release(&text);
	return rc;
}
