/* Which charset a page has, and its bytes as UTF-8. From top to bottom: what a
 * page says of itself, the choice of an encoding, conversion by bytes,
 * conversion by iconv(3), and cleaning. */
#include "config.h"

#include "xml/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "text/ascii.h"
#include "text/utf8.h"
#include "xml/encoding.h"

enum {
	PRESCAN = 4096, /* bytes in which <meta> is looked for */
	CHUNK = 64 << 10
};

#define REPLACEMENT "\xEF\xBF\xBD"

/* --- what a page says of itself ------------------------------------------
 *
 * The WHATWG's HTML Standard, 13.2.3.2, "prescan a byte stream to determine
 * its encoding". */

/* A place in the first bytes of a page. */
struct prescan {
	const char *at, *end;
};

/* A part of them, such as a name or a value. */
struct piece {
	const char *text;
	size_t len;
};

/* Is it whitespace of HTML? Vertical tabs are not. */
static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void
skip_blanks(struct prescan *s)
{
	while (s->at < s->end && is_blank(*s->at))
		s->at++;
}

/* Is the next byte one of `characters`? False at the end. */
static bool
is_next(const struct prescan *s, const char *characters)
{
	return s->at < s->end && *s->at && strchr(characters, *s->at);
}

/* Is `p` this word, in any case? */
static bool
is_word(struct piece p, const char *word)
{
	return ascii_is_word(p.text, p.len, word);
}

/* Step over `text` (in lower case) in any case, if it comes next, and say
 * whether it did. */
static bool
take_text(struct prescan *s, const char *text)
{
	size_t n = strlen(text);

	if ((size_t)(s->end - s->at) < n || strncasecmp(s->at, text, n) != 0)
		return false;
	s->at += n;
	return true;
}

/* Step behind the next `text`, or to the end. */
static void
skip_to(struct prescan *s, const char *text)
{
	while (s->at < s->end && !take_text(s, text))
		s->at++;
}

/* Take what stands before a blank, one of `ends`, or the end. */
static struct piece
take_until(struct prescan *s, const char *ends)
{
	struct piece p = {s->at, 0};

	while (s->at < s->end && !is_blank(*s->at) && !is_next(s, ends))
		s->at++;
	p.len = (size_t)(s->at - p.text);
	return p;
}

/* Take what stands between quotes; the opening one comes next. */
static struct piece
take_quoted(struct prescan *s)
{
	char quote = *s->at++;
	struct piece p = {s->at, 0};

	while (s->at < s->end && *s->at != quote)
		s->at++;
	p.len = (size_t)(s->at - p.text);
	s->at += s->at < s->end;
	return p;
}

/* Take a quoted value, or one that ends at a blank or at one of `ends`. */
static struct piece
take_value(struct prescan *s, const char *ends)
{
	skip_blanks(s);
	return is_next(s, "\"'") ? take_quoted(s) : take_until(s, ends);
}

/* Take the next attribute of a tag; false at the end of the tag. */
static bool
take_attribute(struct prescan *s, struct piece *name, struct piece *value)
{
	while (s->at < s->end && (is_blank(*s->at) || *s->at == '/'))
		s->at++;
	if (s->at == s->end || *s->at == '>')
		return false;
	*name = take_until(s, *s->at == '=' ? "/>" : "=/>");
	*value = (struct piece){"", 0};
	skip_blanks(s);
	if (is_next(s, "=")) {
		s->at++;
		*value = take_value(s, ">");
	}
	return true;
}

/* The encoding behind the first `charset=` in a text such as "text/html;
 * charset=utf-8": "extracting a character encoding from a meta element" in the
 * HTML Standard. */
static const struct encoding *
meta_encoding_in(const char *text, size_t len)
{
	struct prescan s = {text, text + len};
	struct piece label;

	do {
		skip_to(&s, "charset");
		if (s.at == s.end)
			return NULL;
		skip_blanks(&s);
	} while (!is_next(&s, "="));
	s.at++;
	label = take_value(&s, ";");
	return encoding_of_label(label.text, label.len);
}

/* What the attributes of one <meta> say. */
struct meta {
	bool is_pragma; /* http-equiv=content-type */
	bool
	    needs_pragma; /* `encoding` is from `content`, and counts with it */
	bool has_charset; /* `charset` was there; it counts, known or not */
	const struct encoding *encoding;
};

/* Note what one attribute says. */
static void
take_meta(struct meta *m, struct piece name, struct piece value)
{
	if (is_word(name, "http-equiv")) {
		m->is_pragma |= is_word(value, "content-type");
	} else if (is_word(name, "charset") && !m->has_charset) {
		m->has_charset = true;
		m->needs_pragma = false;
		m->encoding = encoding_of_label(value.text, value.len);
	} else if (is_word(name, "content") && !m->encoding &&
	           !m->has_charset) {
		m->encoding = meta_encoding_in(value.text, value.len);
		m->needs_pragma = m->encoding != NULL;
	}
}

/* The encoding that a <meta> names, behind whose name `s` stands. A page that
 * says in ASCII that it is UTF-16 is taken for UTF-8. */
static const struct encoding *
read_meta(struct prescan *s)
{
	struct meta m = {.encoding = NULL};
	struct piece name, value;

	while (take_attribute(s, &name, &value))
		take_meta(&m, name, value);
	if (!m.encoding || (m.needs_pragma && !m.is_pragma))
		return NULL;
	if (m.encoding->kind == ENCODING_UTF16)
		return encoding_of_label("utf-8", 5);
	if (m.encoding->kind == ENCODING_USER_DEFINED)
		return encoding_of_label("windows-1252", 12);
	return m.encoding;
}

/* Step over a tag, with attributes that may hold a `>`. */
static void
skip_tag(struct prescan *s)
{
	struct piece name, value;

	take_until(s, ">");
	while (take_attribute(s, &name, &value))
		;
}

/* Does a name stand behind the `<`, with or without a slash? */
static bool
begins_tag(const struct prescan *s)
{
	return s->at < s->end && (ascii_is_alpha(*s->at) ||
	                             (*s->at == '/' && s->at + 1 < s->end &&
	                                 ascii_is_alpha(s->at[1])));
}

/* The encoding of <meta charset> or <meta http-equiv=content-type>, whichever
 * comes first in the first 4 KiB; NULL if there is none that is known. */
static const struct encoding *
meta_encoding(const char *bytes, size_t len)
{
	struct prescan s = {bytes, bytes + (len < PRESCAN ? len : PRESCAN)};

	while (s.at < s.end) {
		const struct encoding *e = NULL;

		if (take_text(&s, "<!--")) {
			s.at -= 2; /* <!--> is one, too */
			skip_to(&s, "-->");
		} else if (take_text(&s, "<meta") && s.at < s.end &&
		           (is_blank(*s.at) || *s.at == '/')) {
			e = read_meta(&s);
		} else if (take_text(&s, "<")) {
			if (begins_tag(&s))
				skip_tag(&s);
			else if (is_next(&s, "!/?"))
				skip_to(&s, ">");
		} else {
			s.at++;
		}
		if (e)
			return e;
	}
	return NULL;
}

/* --- the encoding of a text ---------------------------------------------- */

/* The encoding of a label that is known to exist. */
static const struct encoding *
encoding_named(const char *label)
{
	return encoding_of_label(label, strlen(label));
}

/* The encoding that the parameter `charset` of a Content-Type names. One that
 * is called x-charset is not it. */
static const struct encoding *
encoding_of_type(const char *type)
{
	const char *parameter = type ? strchr(type, ';') : NULL;

	for (; parameter; parameter = strchr(parameter, ';')) {
		parameter++;
		parameter += strspn(parameter, " \t");
		if (strncasecmp(parameter, "charset", 7) == 0)
			return meta_encoding_in(parameter, strlen(parameter));
	}
	return NULL;
}

const char *
charset_of_type(const char *content_type)
{
	const struct encoding *e = encoding_of_type(content_type);

	return e ? e->name : NULL;
}

/* "<?xml version='1.0' encoding='label'?>" */
const char *
charset_of_declaration(const char *bytes, size_t len)
{
	static const char start[] = "<?xml ", word[] = "encoding=";
	const char *end, *at;
	const struct encoding *e;

	if (len < sizeof(start) || memcmp(bytes, start, sizeof(start) - 1) != 0)
		return NULL;
	end = memchr(bytes, '>', len);
	at = end ? memmem(bytes, (size_t)(end - bytes), word, sizeof(word) - 1)
	         : NULL;
	if (!at)
		return NULL;
	at += sizeof(word); /* and the quote */
	for (len = 0; at + len < end && !strchr("\"'", at[len]);)
		len++;
	e = encoding_of_label(at, len);
	return e && (e->kind == ENCODING_BYTES || e->kind == ENCODING_MULTIBYTE)
	           ? e->name
	           : NULL;
}

/* The encoding that a byte order mark shows. */
static const struct encoding *
encoding_of_mark(const char *bytes, size_t len)
{
	if (utf8_skip_mark(bytes, &len) != bytes)
		return encoding_named("utf-8");
	if (len >= 2 && memcmp(bytes, "\xFF\xFE", 2) == 0)
		return encoding_named("utf-16le");
	if (len >= 2 && memcmp(bytes, "\xFE\xFF", 2) == 0)
		return encoding_named("utf-16be");
	return NULL;
}

/* The encoding of a page; there always is one. */
static const struct encoding *
find_encoding(const char *bytes, size_t len, const char *content_type)
{
	const struct encoding *e = encoding_of_mark(bytes, len);

	if (!e)
		e = encoding_of_type(content_type);
	if (!e)
		e = meta_encoding(bytes, len);
	if (!e)
		e = encoding_named(
		    utf8_valid(bytes, len) ? "utf-8" : "windows-1252");
	return e;
}

/* Bytes for which iconv(3) has another character than the standard, or none. */
static const struct {
	const char *name;
	unsigned char byte;
	uint16_t cp;
} differences[] = {
    {"KOI8-U", 0xAE, 0x45E},
    {"KOI8-U", 0xBE, 0x40E},
    {"MACINTOSH", 0xC6, 0x2206},
    {"MACINTOSH", 0xF0, 0xF8FF},
    {"MAC-CYRILLIC", 0xFF, 0x20AC},
    {"GB18030", 0x80, 0x20AC},
};

/* What the standard has for a byte where iconv(3) differs; 0 if it is as iconv
 * says. */
static uint32_t
difference(const char *name, unsigned char byte)
{
	for (size_t i = 0; i < sizeof(differences) / sizeof(*differences); i++)
		if (differences[i].byte == byte &&
		    strcmp(differences[i].name, name) == 0)
			return differences[i].cp;
	return 0;
}

/* --- a character a byte ------------------------------------------------- */

/* The code point of a byte that stands alone, as iconv(3) has it; 0 if there is
 * no such character. */
static uint32_t
ask_iconv(iconv_t cd, unsigned char byte)
{
	unsigned char in = byte;
	char utf8[8], *from = (char *)&in, *to = utf8;
	size_t left = 1, room = sizeof(utf8);
	uint32_t cp;

	iconv(cd, NULL, NULL, NULL, NULL);
	if (iconv(cd, &from, &left, &to, &room) == (size_t)-1)
		return 0;
	/* One that could be part of a composed one is held back. */
	iconv(cd, NULL, NULL, &to, &room);
	if (to == utf8 || !utf8_decode(utf8, (size_t)(to - utf8), &cp))
		return 0;
	return cp;
}

/* The code point of a byte in the standard, which has no holes among the C1
 * controls. */
static uint32_t
code_point(iconv_t cd, const char *name, unsigned char byte)
{
	uint32_t cp = difference(name, byte);

	if (!cp)
		cp = ask_iconv(cd, byte);
	if (!cp && byte < 0xA0)
		cp = byte;
	return cp ? cp : 0xFFFD;
}

/* Fill the code points of the bytes from 128 on. False if iconv(3) does not
 * have the encoding. */
static bool
fill_table(uint32_t *table, const struct encoding *e)
{
	iconv_t cd;

	if (e->kind == ENCODING_USER_DEFINED) {
		for (unsigned i = 0; i < 128; i++)
			table[i] = 0xF780 + i;
		return true;
	}
	cd = iconv_open("UTF-8", e->name);
	if (cd == (iconv_t)-1)
		return false;
	for (unsigned i = 0; i < 128; i++)
		table[i] = code_point(cd, e->name, (unsigned char)(128 + i));
	iconv_close(cd);
	return true;
}

/* Convert a text of which each byte is a character. */
static bool
convert_bytes(
    struct buf *out, const struct encoding *e, const char *bytes, size_t len)
{
	uint32_t table[128];

	if (!fill_table(table, e))
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c < 128)
			buf_addc(out, (char)c);
		else
			utf8_encode(out, table[c - 128]);
	}
	return true;
}

/* --- a character several bytes ------------------------------------------ */

/* Step over one unit that is no character, and put U+FFFD, or what the standard
 * has for it, in its place. */
static void
skip_one(const struct encoding *e, char **from, size_t *left, struct buf *out)
{
	uint32_t cp = difference(e->name, (unsigned char)**from);
	size_t n = e->kind == ENCODING_UTF16 && *left > 1 ? 2 : 1;

	utf8_encode(out, cp ? cp : 0xFFFD);
	*from += n;
	*left -= n;
}

/* A conversion by iconv(3). */
struct conversion {
	const struct encoding *encoding;
	iconv_t cd;
};

/* One turn of iconv(3). False when all is converted. */
static bool
convert_some(
    const struct conversion *c, char **from, size_t *left, struct buf *out)
{
	char *to = buf_reserve(out, CHUNK);
	size_t room = CHUNK;
	size_t rc = iconv(c->cd, from, left, &to, &room);

	out->len += CHUNK - room;
	if (rc != (size_t)-1)
		return false;
	if (errno == E2BIG)
		return true;
	if (errno == EILSEQ && *left) {
		skip_one(c->encoding, from, left, out);
	} else {
		buf_adds(out, REPLACEMENT);
		*left = 0;
	}
	return *left > 0;
}

/* Convert a text whose characters may take several bytes. */
static bool
convert_multibyte(
    struct buf *out, const struct encoding *e, const char *bytes, size_t len)
{
	struct conversion c = {e, iconv_open("UTF-8", e->name)};
	union {
		const char *in;
		char *from; /* iconv only reads it */
	} u = {bytes};

	if (c.cd == (iconv_t)-1)
		return false;
	while (convert_some(&c, &u.from, &len, out))
		;
	u.from = NULL; /* what it still holds */
	convert_some(&c, &u.from, &len, out);
	iconv_close(c.cd);
	return true;
}

/* Convert `bytes` into `out`. False if there is nothing to convert, or no such
 * conversion on this machine; the bytes are then taken for UTF-8. */
static bool
convert(
    struct buf *out, const struct encoding *e, const char *bytes, size_t len)
{
	bool done = false;

	switch (e->kind) {
	case ENCODING_UTF8: break;
	case ENCODING_BYTES:
	case ENCODING_USER_DEFINED:
		done = convert_bytes(out, e, bytes, len);
		break;
	case ENCODING_UTF16:
	case ENCODING_MULTIBYTE:
		done = convert_multibyte(out, e, bytes, len);
		break;
	case ENCODING_REPLACEMENT:
		buf_adds(out, len ? REPLACEMENT : "");
		done = true;
		break;
	}
	if (done)
		buf_adds(out, "");
	return done;
}

/* Copy what is valid UTF-8. NULs are replaced, too, since parsers stop at
 * them. */
static void
replace_invalid(struct buf *out, const char *bytes, size_t len)
{
	for (size_t i = 0, n; i < len; i += n) {
		uint32_t cp;

		n = utf8_decode(bytes + i, len - i, &cp);
		if (n && cp)
			buf_add(out, bytes + i, n);
		else
			buf_adds(out, REPLACEMENT);
		n += n == 0;
	}
	buf_adds(out, "");
}

/* Is it UTF-8 that a parser reads to its end? */
static bool
is_clean(const char *bytes, size_t len)
{
	return !memchr(bytes, '\0', len) && utf8_valid(bytes, len);
}

/* Replace *bytes by a clean copy in `room`, unless it is clean already. */
static void
clean(struct buf *room, const char **bytes, size_t *len)
{
	struct buf cleaned;

	if (is_clean(*bytes, *len))
		return;
	buf_init(&cleaned);
	replace_invalid(&cleaned, *bytes, *len);
	buf_release(room);
	*room = cleaned;
	*bytes = cleaned.data;
	*len = cleaned.len;
}

const char *
charset_decode(
    struct buf *room, const char *bytes, size_t *len, const char *content_type)
{
	const struct encoding *e = find_encoding(bytes, *len, content_type);

	buf_clear(room);
	if (convert(room, e, bytes, *len)) {
		bytes = room->data;
		*len = room->len;
	}
	clean(room, &bytes, len);
	return utf8_skip_mark(bytes, len);
}
