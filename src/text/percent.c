/* A character is looked for in the escapes that follow each other, and is taken
 * whole or not at all. */
#include "config.h"

#include "text/percent.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "text/ascii.h"
#include "text/utf8.h"

enum {
	ESCAPE = 3, /* bytes of "%C3" */
	LONGEST = 4 /* bytes of a character in UTF-8 */
};

/* Write up to LONGEST bytes that the escapes at `s` stand for to `bytes`.
 * Returns how many there are. */
static size_t
unescape(const char *s, size_t len, char *bytes)
{
	size_t n = 0;

	for (; n < LONGEST && len >= ESCAPE && *s == '%'; n++) {
		int high = ascii_hex_value(s[1]), low = ascii_hex_value(s[2]);

		if (high < 0 || low < 0)
			break;
		bytes[n] = (char)(high << 4 | low);
		s += ESCAPE;
		len -= ESCAPE;
	}
	return n;
}

/* Returns whether the character may stand for its escape: a delimiter would
 * change what the URL seems to say. */
static bool
is_readable(uint32_t cp)
{
	if (cp < 0x80)
		return cp && !utf8_is_deceptive(cp) &&
		       !strchr("%/?#&=+", (int)cp);
	return !utf8_is_deceptive(cp);
}

void
percent_add_readable(struct buf *out, const char *url, size_t len)
{
	for (size_t at = 0; at < len;) {
		char bytes[LONGEST];
		size_t n = unescape(url + at, len - at, bytes);
		uint32_t cp = 0;
		size_t used = n ? utf8_decode(bytes, n, &cp) : 0;

		if (used && is_readable(cp)) {
			buf_add(out, bytes, used);
			at += used * ESCAPE;
		} else {
			buf_addc(out, url[at++]);
		}
	}
}

void
percent_add_safe(struct buf *out, const char *url, size_t len)
{
	struct buf readable = {0};

	percent_add_readable(&readable, url, len);
	utf8_add_safe(out, buf_text(&readable), readable.len);
	buf_release(&readable);
}
