#include "config.h"

#include "sink/har_content.h"

#include <stdbool.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "json/write.h"

enum {
	PIECE = 48 * 1024 /* a multiple of 3: base64 pads the last one only */
};

/* Append a string, quotes included, of the first bytes; returns how many. */
static size_t
add_text(struct buf *out, const char *text, size_t len)
{
	size_t n = utf8_cut(text, len, PIECE);

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
