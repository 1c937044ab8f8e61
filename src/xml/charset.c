#include "config.h"

#include "xml/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/ascii.h"
#include "base/utf8.h"

enum {
	LABEL_MAX = 40,
	PRESCAN = 4096, /* <meta> has to be among so many bytes */
	CHUNK = 64 << 10
};

#define REPLACEMENT "\xEF\xBF\xBD"

static const char utf8_name[] = "UTF-8";

/* Only these: iconv knows more, and opens a library for each. */
static const struct label {
	const char *label, *name;
} labels[] = {
    {"utf-8", utf8_name},
    {"utf8", utf8_name},
    {"utf-16", "UTF-16LE"},
    {"utf-16le", "UTF-16LE"},
    {"utf-16be", "UTF-16BE"},
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"sjis", "CP932"},
    {"x-sjis", "CP932"},
    {"ms_kanji", "CP932"},
    {"csshiftjis", "CP932"},
    {"windows-31j", "CP932"},
    {"euc-jp", "EUC-JP"},
    {"x-euc-jp", "EUC-JP"},
    {"iso-2022-jp", "ISO-2022-JP"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"x-gbk", "GB18030"},
    {"gb18030", "GB18030"},
    {"big5", "BIG5-HKSCS"},
    {"big5-hkscs", "BIG5-HKSCS"},
    {"euc-kr", "CP949"},
    {"ks_c_5601-1987", "CP949"},
    {"windows-949", "CP949"},
    {"us-ascii", "CP1252"},
    {"ascii", "CP1252"},
    {"iso-8859-1", "CP1252"},
    {"iso8859-1", "CP1252"},
    {"latin1", "CP1252"},
    {"iso-8859-2", "ISO-8859-2"},
    {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},
    {"iso-8859-9", "CP1254"},
    {"iso-8859-10", "ISO-8859-10"},
    {"iso-8859-11", "CP874"},
    {"iso-8859-13", "ISO-8859-13"},
    {"iso-8859-14", "ISO-8859-14"},
    {"iso-8859-15", "ISO-8859-15"},
    {"iso-8859-16", "ISO-8859-16"},
    {"windows-874", "CP874"},
    {"tis-620", "CP874"},
    {"windows-1250", "CP1250"},
    {"windows-1251", "CP1251"},
    {"cp1251", "CP1251"},
    {"windows-1252", "CP1252"},
    {"cp1252", "CP1252"},
    {"windows-1253", "CP1253"},
    {"windows-1254", "CP1254"},
    {"windows-1255", "CP1255"},
    {"windows-1256", "CP1256"},
    {"windows-1257", "CP1257"},
    {"windows-1258", "CP1258"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"ibm866", "CP866"},
    {"macintosh", "MACINTOSH"},
};

static const char *
name_of(const char *label, size_t len)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		if (strlen(labels[i].label) == len &&
		    strncasecmp(labels[i].label, label, len) == 0)
			return labels[i].name;
	return NULL;
}

static bool
is_blank(char c)
{
	return c && strchr(" \t\r\n\f", c);
}

static size_t
skip_blanks(const char *s, size_t at, size_t len)
{
	while (at < len && is_blank(s[at]))
		at++;
	return at;
}

/* Where `word` (in lower case) stands in the text; `len`: nowhere. */
static size_t
find_word(const char *s, size_t len, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= len; i++)
		if (strncasecmp(s + i, word, n) == 0)
			return i;
	return len;
}

/* "charset = "label"", anywhere in the text. */
static const char *
charset_within(const char *s, size_t len)
{
	static const char word[] = "charset";
	size_t at = find_word(s, len, word) + strlen(word), end;

	at = skip_blanks(s, at, len);
	if (at >= len || s[at] != '=')
		return NULL;
	at = skip_blanks(s, at + 1, len);
	if (at < len && (s[at] == '"' || s[at] == '\''))
		at++;
	for (end = at; end < len && end - at < LABEL_MAX; end++)
		if (!ascii_is_alnum(s[end]) &&
		    (!s[end] || !strchr("-_:.", s[end])))
			break;
	return name_of(s + at, end - at);
}

const char *
charset_of_type(const char *content_type)
{
	return content_type ? charset_within(content_type, strlen(content_type))
	                    : NULL;
}

static const char *
charset_of_mark(const char *bytes, size_t len)
{
	if (utf8_skip_mark(bytes, &len) != bytes)
		return utf8_name;
	if (len >= 2 && memcmp(bytes, "\xFF\xFE", 2) == 0)
		return "UTF-16LE";
	if (len >= 2 && memcmp(bytes, "\xFE\xFF", 2) == 0)
		return "UTF-16BE";
	return NULL;
}

/* The length of the tag or comment at `s`. */
static size_t
tag_length(const char *s, size_t len)
{
	bool comment = len >= 4 && memcmp(s, "<!--", 4) == 0;

	if (comment)
		return find_word(s, len, "-->");
	return find_word(s, len, ">");
}

/* A <meta> that could be read cannot stand in UTF-16. */
static const char *
charset_of_meta(const char *bytes, size_t len)
{
	static const char meta[] = "<meta";
	size_t i = 0, n;

	len = len < PRESCAN ? len : PRESCAN;
	for (; i < len; i += n) {
		const char *name;

		n = 1;
		if (bytes[i] != '<')
			continue;
		n = tag_length(bytes + i, len - i);
		if (n < sizeof(meta) || strncasecmp(bytes + i, meta, 5) != 0)
			continue;
		name = charset_within(bytes + i, n);
		if (name)
			return strncmp(name, "UTF-16", 6) == 0 ? utf8_name
			                                       : name;
	}
	return NULL;
}

static const char *
charset_find(const char *bytes, size_t len, const char *content_type)
{
	const char *name = charset_of_mark(bytes, len);

	if (!name)
		name = charset_of_type(content_type);
	return name ? name : charset_of_meta(bytes, len);
}

/* One turn of iconv(3): false at the end. */
static bool
convert_some(iconv_t cd, char **from, size_t *left, struct buf *out)
{
	char *to = buf_reserve(out, CHUNK);
	size_t room = CHUNK;
	size_t rc = iconv(cd, from, left, &to, &room);

	out->len += CHUNK - room;
	if (rc != (size_t)-1)
		return false;
	if (errno == E2BIG)
		return true;
	buf_adds(out, REPLACEMENT);
	if (errno == EILSEQ && *left) {
		++*from;
		--*left;
	} else {
		*left = 0;
	}
	return *left > 0;
}

/* False: there is no such conversion here. */
static bool
convert(struct buf *out, const char *name, const char *bytes, size_t len)
{
	iconv_t cd = iconv_open(utf8_name, name);
	union {
		const char *in;
		char *from; /* iconv only reads it */
	} u = {bytes};

	if (cd == (iconv_t)-1)
		return false;
	while (convert_some(cd, &u.from, &len, out))
		;
	u.from = NULL; /* what it still holds */
	convert_some(cd, &u.from, &len, out);
	iconv_close(cd);
	buf_adds(out, "");
	return true;
}

/* What is no UTF-8, and NUL, at which parsers stop. */
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

static bool
is_clean(const char *bytes, size_t len)
{
	return !memchr(bytes, '\0', len) && utf8_valid(bytes, len);
}

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
	const char *name = charset_find(bytes, *len, content_type);

	buf_clear(room);
	if (!name)
		name = utf8_valid(bytes, *len) ? utf8_name : "CP1252";
	if (name != utf8_name && convert(room, name, bytes, *len)) {
		bytes = room->data;
		*len = room->len;
	}
	clean(room, &bytes, len);
	return utf8_skip_mark(bytes, len);
}
