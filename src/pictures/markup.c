#include "config.h"

#include "pictures/markup.h"

#include <string.h>

#include "base/utf8.h"

static const char *
entity_of(char c)
{
	static const char *const entities[128] = {
	    ['<'] = "&lt;",
	    ['>'] = "&gt;",
	    ['&'] = "&amp;",
	    ['"'] = "&quot;",
	    ['\''] = "&#39;",
	};

	return (unsigned char)c < 128 ? entities[(unsigned char)c] : NULL;
}

void
markup_add_text(struct buf *out, const char *s)
{
	struct buf safe;

	buf_init(&safe);
	utf8_add_safe(&safe, s, strlen(s));
	for (size_t i = 0; i < safe.len; i++) {
		const char *entity = entity_of(safe.data[i]);

		if (entity)
			buf_adds(out, entity);
		else
			buf_addc(out, safe.data[i]);
	}
	buf_release(&safe);
}

void
markup_add_json(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (strchr("<>&", text[i]) && text[i])
			buf_addf(out, "\\u%04x", (unsigned)text[i]);
		else if (len - i >= 3 &&
		         (memcmp(text + i, "\xE2\x80\xA8", 3) == 0 ||
		             memcmp(text + i, "\xE2\x80\xA9", 3) == 0)) {
			buf_addf(out, "\\u%04x",
			    0x2000U | ((unsigned)text[i + 2] & 0x3FU));
			i += 2;
		} else {
			buf_addc(out, text[i]);
		}
	}
}

double
markup_x(int from, int width, double part, double whole)
{
	return from + width * part / whole;
}
