/* JSON strings: decoding them, and checking them. The check is where most bytes
 * of a text are read, so it takes a block at a time. */
#include "config.h"

#include "json/string.h"

#include <string.h>

#include "json/block.h"
#include "text/utf8.h"

/* --- decoding --------------------------------------------------------------
 */

/* Read four hexadecimal digits as one unit of UTF-16; false if they are not. */
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

/* Decode the escape \uXXXX at `s`, or the two of a surrogate pair. */
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

/* --- checking --------------------------------------------------------------
 */

/* Skip what may stand in a string as it is: ASCII but for controls, the quote
 * and the backslash. */
static inline const char *
skip_plain(const char *at, const char *end)
{
	while (block_fits(at, end)) {
		uint32_t stops = block_stops(at);

		if (stops)
			return at + block_first(stops);
		at += BLOCK;
	}
	while (at != end && (unsigned char)*at >= 0x20 &&
	       (unsigned char)*at < 0x80 && *at != '"' && *at != '\\')
		at++;
	return at;
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

/* Step over the escape whose backslash is at `at`; NULL if it is malformed. */
static const char *
skip_escape(const char *at, const char *end)
{
	if (end - at < 2)
		return NULL;
	if (at[1] != 'u')
		return memchr("\"\\/bfnrt", at[1], 8) ? at + 2 : NULL;
	if (end - at < 6)
		return NULL;
	for (int i = 2; i < 6; i++)
		if (!is_hex(at[i]))
			return NULL;
	return at + 6;
}

/* The length of the UTF-8 sequence at `at`; 0 if it is invalid. Sequences of
 * two and three bytes whose second byte is not restricted are told at a glance;
 * nearly all there are. */
static inline size_t
sequence_length(const char *at, const char *end)
{
	unsigned char lead = (unsigned char)*at;
	uint32_t cp;

	if (end - at >= 3 && utf8_is_continuation(at[1])) {
		if (lead >= 0xC2 && lead <= 0xDF)
			return 2;
		if (lead >= 0xE1 && lead <= 0xEF && lead != 0xED &&
		    utf8_is_continuation(at[2]))
			return 3;
	}
	return utf8_decode(at, (size_t)(end - at), &cp);
}

/* Step over a run of non-ASCII characters, since they mostly come in runs. NULL
 * if one of them is not UTF-8. */
static const char *
skip_multibyte(const char *at, const char *end)
{
	do {
		size_t n = sequence_length(at, end);

		if (n == 0)
			return NULL;
		at += n;
	} while (at != end && (unsigned char)*at >= 0x80);
	return at;
}

/* Say what is wrong with a string at `at`. Static. */
static const char *
problem_at(const char *at, const char *end)
{
	if (at == end)
		return "the text ends inside a string";
	if (*at == '\\')
		return "unknown escape in a string";
	if ((unsigned char)*at < 0x20)
		return "raw control character in a string";
	return "invalid UTF-8 in a string";
}

struct json_string_scan
json_string_scan(const char *next, const char *end)
{
	struct json_string_scan scan = {0};

	for (;;) {
		scan.at = skip_plain(next, end);
		next = NULL;
		if (scan.at == end)
			break;
		if (*scan.at == '"') {
			scan.at++;
			return scan;
		}
		if (*scan.at == '\\') {
			next = skip_escape(scan.at, end);
			scan.escaped = true;
		} else if ((unsigned char)*scan.at >= 0x80) {
			next = skip_multibyte(scan.at, end);
		}
		if (!next)
			break;
	}
	scan.problem = problem_at(scan.at, end);
	return scan;
}
