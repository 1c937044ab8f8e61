#include "config.h"

#include "output/har_content.h"

#include <stdbool.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "json/write.h"

enum {
	PIECE = 48 * 1024 /* a multiple of 3: base64 pads the last one only */
};

/* How much of UTF-8 makes a piece that ends with a character. */
static size_t
text_piece(const char *text, size_t len)
{
	if (len <= PIECE)
		return len;
	len = PIECE;
	while (len && ((unsigned char)text[len] & 0xC0) == 0x80)
		len--;
	return len;
}

/* Append a string, quotes included, of the first bytes; returns how many. */
static size_t
add_text(struct buf *out, const char *text, size_t len)
{
	size_t n = text_piece(text, len);

	json_add_string(out, text, n);
	return n;
}

static size_t
add_base64(struct buf *out, const char *bytes, size_t len)
{
	size_t n = len < PIECE ? len : PIECE;

	buf_addc(out, '"');
	base64_add(out, bytes, n);
	buf_addc(out, '"');
	return n;
}

void
har_content(const char *body, size_t len,
    void (*take)(void *arg, const char *data, size_t len), void *arg)
{
	static const char head[] = ",\"text\":\"";
	static const char end[] = "\"", binary[] = "\",\"encoding\":\"base64\"";
	bool text = utf8_valid(body, len);
	struct buf out;

	buf_init(&out);
	take(arg, head, sizeof(head) - 1);
	while (len) {
		size_t n = text ? add_text(&out, body, len)
		                : add_base64(&out, body, len);

		take(arg, out.data + 1, out.len - 2); /* one string of all */
		buf_clear(&out);
		body += n;
		len -= n;
	}
	take(arg, text ? end : binary,
	    text ? sizeof(end) - 1 : sizeof(binary) - 1);
	buf_release(&out);
}
