/* Parameters are split first, then each kind of value is decoded, and at last
 * the name is confined. Servers quote badly, so what is not a quoted string
 * goes on to the next semicolon. */
#include "config.h"

#include "files/server_name.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "request/template.h"
#include "text/ascii.h"
#include "text/utf8.h"

/* One parameter, "name=value"; borrowed from the header. */
struct parameter {
	const char *name;
	size_t name_len;
	const char *value;
	size_t value_len;
	bool quoted; /* `value` is what stands between the quotes */
};

/* The length of a quoted string's content, which begins at `s`. */
static size_t
quoted_len(const char *s)
{
	size_t len = 0;

	while (s[len] && s[len] != '"')
		len += s[len] == '\\' && s[len + 1] ? 2 : 1;
	return len;
}

/* Take the next parameter from *at, which moves behind it. False: there is no
 * other. */
static bool
next_parameter(const char **at, struct parameter *p)
{
	const char *s = strchr(*at, ';');

	if (!s)
		return false;
	s += 1 + strspn(s + 1, " \t");
	p->name = s;
	p->name_len = strcspn(s, "=; \t");
	s += p->name_len;
	s += strspn(s, " \t");
	if (*s == '=')
		s += 1 + strspn(s + 1, " \t");
	p->quoted = *s == '"';
	p->value = s + p->quoted;
	p->value_len = p->quoted ? quoted_len(p->value) : strcspn(s, ";");
	if (!p->quoted)
		p->value = ascii_trim(p->value, &p->value_len);
	*at = p->value + p->value_len;
	return true;
}

/* Append a value, in which a backslash may stand in front of a quote or another
 * backslash. In front of anything else it is part of a path of Windows. */
static void
add_plain(struct buf *out, const struct parameter *p)
{
	for (size_t i = 0; i < p->value_len; i++) {
		bool escapes = p->quoted && p->value[i] == '\\' &&
		               i + 1 < p->value_len &&
		               strchr("\"\\", p->value[i + 1]);

		buf_addc(out, p->value[i += escapes]);
	}
}

/* The character at *s, which may be percent-encoded; *s moves on. -1: the
 * encoding is broken. */
static int
next_encoded(const char **s, const char *end)
{
	int high, low;

	if (**s != '%')
		return (unsigned char)*(*s)++;
	if (end - *s < 3)
		return -1;
	high = ascii_hex_value((*s)[1]);
	low = ascii_hex_value((*s)[2]);
	*s += 3;
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Append the value of filename*: UTF-8'en'na%C3%AFve.txt. False: it is not
 * valid, or in a charset that nobody has to know (RFC 8187, 3.2.1). */
static bool
add_extended(struct buf *out, const struct parameter *p)
{
	const char *end = p->value + p->value_len;
	const char *charset_end = memchr(p->value, '\'', p->value_len);
	const char *s = charset_end ? memchr(charset_end + 1, '\'',
	                                  (size_t)(end - charset_end - 1))
	                            : NULL;
	size_t charset_len = charset_end ? (size_t)(charset_end - p->value) : 0;
	bool latin = ascii_is_word(p->value, charset_len, "iso-8859-1");

	if (!s || (!latin && !ascii_is_word(p->value, charset_len, "utf-8")))
		return false;
	for (s++; s < end;) {
		int c = next_encoded(&s, end);

		if (c < 0)
			return false;
		if (latin)
			utf8_encode(out, (uint32_t)c);
		else
			buf_addc(out, (char)c);
	}
	return utf8_valid(out->data, out->len);
}

/* What stands behind the last slash or backslash; *len is shortened. */
static const char *
last_segment(const char *name, size_t *len)
{
	size_t at = *len;

	while (at > 0 && name[at - 1] != '/' && name[at - 1] != '\\')
		at--;
	*len -= at;
	return ascii_trim(name + at, len);
}

/* The `get` of struct template_values: there is one value. */
static const char *
get_name(void *arg, const char *name, size_t *len)
{
	const struct buf *value = arg;

	(void)name;
	*len = value->len;
	return value->data;
}

/* The name as a value of -o would be. Caller frees; NULL: it is empty. */
static char *
confined(const char *name, size_t len)
{
	static const char text[] = "{{.}}";
	struct buf value = {0}, out = {0};
	struct template_values values = {get_name, &value};
	char *cause = NULL;
	struct template *t =
	    template_new(text, sizeof(text) - 1, TEMPLATE_FILE, &cause);
	bool usable;

	buf_add(&value, name, len);
	usable = len && t && template_expand(t, &values, &out, &cause) == 0;
	template_free(t);
	buf_release(&value);
	free(cause);
	if (!usable) {
		buf_release(&out);
		return NULL;
	}
	return buf_take(&out);
}

char *
server_name(const char *content_disposition)
{
	struct buf plain = {0}, extended = {0};
	const struct buf *best;
	const char *at = content_disposition, *name;
	struct parameter p;
	size_t len;
	char *found = NULL;

	while (next_parameter(&at, &p)) {
		if (ascii_is_word(p.name, p.name_len, "filename") && !plain.len)
			add_plain(&plain, &p);
		else if (ascii_is_word(p.name, p.name_len, "filename*") &&
		         !extended.len && !add_extended(&extended, &p))
			buf_clear(&extended);
	}
	best = extended.len ? &extended : &plain;
	len = best->len;
	if (len) {
		name = last_segment(best->data, &len);
		found = confined(name, len);
	}
	buf_release(&plain);
	buf_release(&extended);
	return found;
}
