#include "config.h"

#include "json/string.h"

#include <string.h>

#include "base/utf8.h"

/* Four hexadecimal digits; false if they are not. */
static bool
decode_hex(const char *s, uint32_t *unit)
{
	*unit = 0;
	for (int i = 0; i < 4; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c >= '0' && c <= '9')
			c = (unsigned char)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			c = (unsigned char)((c | 0x20) - 'a' + 10);
		else
			return false;
		*unit = *unit << 4 | c;
	}
	return true;
}

/* The escape \uXXXX at `s`, or the two of a pair. */
static size_t
decode_unicode(const char *s, size_t len, uint32_t *cp)
{
	uint32_t low;

	if (len < 6 || !decode_hex(s + 2, cp))
		return JSON_NO_ESCAPE;
	if (*cp < 0xD800 || *cp > 0xDBFF || len < 12 || s[6] != '\\' ||
	    s[7] != 'u' || !decode_hex(s + 8, &low) || low < 0xDC00 ||
	    low > 0xDFFF)
		return 6;
	*cp = 0x10000 + ((*cp - 0xD800) << 10) + (low - 0xDC00);
	return 12;
}

size_t
json_escape_decode(const char *s, size_t len, char quote, uint32_t *cp)
{
	static const char letters[] = "\\/bfnrt";
	static const char meanings[] = "\\/\b\f\n\r\t";
	const char *letter;

	if (len < 2)
		return JSON_NO_ESCAPE;
	if (s[1] == 'u')
		return decode_unicode(s, len, cp);
	if (s[1] == quote) {
		*cp = (unsigned char)quote;
		return 2;
	}
	letter = memchr(letters, s[1], sizeof(letters) - 1);
	if (!letter)
		return JSON_NO_ESCAPE;
	*cp = (unsigned char)meanings[letter - letters];
	return 2;
}

bool
json_string_decode(struct buf *b, const char *span, size_t len)
{
	const char *at = span + 1, *end = span + len - 1;
	bool clean = true;
	uint32_t cp;

	for (;;) {
		const char *slash = memchr(at, '\\', (size_t)(end - at));

		if (!slash)
			break;
		buf_add(b, at, (size_t)(slash - at));
		at = slash +
		     json_escape_decode(slash, (size_t)(end - slash), '"', &cp);
		if (at == slash)
			return false;
		clean = clean && !json_is_surrogate(cp);
		utf8_encode(b, cp);
	}
	buf_add(b, at, (size_t)(end - at));
	return clean;
}
