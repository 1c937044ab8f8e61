#include "config.h"

#include "json/path_lex.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "json/string.h"

int
json_parse_fail(struct json_parser *p, const char *at, const char *fmt, ...)
{
	va_list ap;

	p->error->line = 1;
	p->error->column = utf8_count(p->text, (size_t)(at - p->text)) + 1;
	va_start(ap, fmt);
	vsnprintf(p->error->message, sizeof(p->error->message), fmt, ap);
	va_end(ap);
	return -1;
}

void
json_skip_blanks(struct json_parser *p)
{
	while (
	    *p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r')
		p->at++;
}

bool
json_take(struct json_parser *p, char c)
{
	if (*p->at != c || p->at == p->end)
		return false;
	p->at++;
	return true;
}

bool
json_take_word(struct json_parser *p, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(p->at, word, len) != 0)
		return false;
	p->at += len;
	return true;
}

bool
json_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

size_t
json_name_length(const struct json_parser *p, const char *at)
{
	const char *start = at;
	uint32_t cp;

	while (at != p->end) {
		size_t n = 1;

		if ((unsigned char)*at >= 0x80)
			n = utf8_decode(at, (size_t)(p->end - at), &cp);
		else if (!is_letter(*at) &&
		         (at == start || !json_is_digit(*at)))
			break;
		if (n == 0)
			break;
		at += n;
	}
	return (size_t)(at - start);
}

int
json_parse_integer(struct json_parser *p, int64_t *n)
{
	const char *start = p->at;
	bool negative = json_take(p, '-');
	const char *digits = p->at;

	*n = 0;
	for (; json_is_digit(*p->at); p->at++) {
		*n = *n * 10 + (*p->at - '0');
		if (*n > JSON_INTEGER_MAX)
			return json_parse_fail(p, start,
			    "integers end at 9007199254740991 (2^53 - 1)");
	}
	if (p->at == digits)
		return json_parse_fail(p, p->at, "expected a digit");
	if (*digits == '0' && (negative || p->at - digits > 1))
		return json_parse_fail(p, start,
		    negative ? "no integer starts with -0"
		             : "no integer starts with a zero but 0");
	if (negative)
		*n = -*n;
	return 0;
}

static int
parse_escape(struct json_parser *p, char quote, struct buf *b)
{
	uint32_t cp;
	size_t n =
	    json_escape_decode(p->at, (size_t)(p->end - p->at), quote, &cp);

	if (n == JSON_NO_ESCAPE)
		return json_parse_fail(
		    p, p->at, "no such escape; a backslash is \\\\");
	if (json_is_surrogate(cp))
		return json_parse_fail(p, p->at, "a lone surrogate");
	utf8_encode(b, cp);
	p->at += n;
	return 0;
}

static int
parse_character(struct json_parser *p, char quote, struct buf *b)
{
	uint32_t cp;
	size_t n;

	if (p->at == p->end)
		return json_parse_fail(
		    p, p->at, "a closing quote (%c) is missing", quote);
	if (*p->at == '\\')
		return parse_escape(p, quote, b);
	if ((unsigned char)*p->at < 0x20)
		return json_parse_fail(p, p->at,
		    "raw control character; write \\u%04x",
		    (unsigned)(unsigned char)*p->at);
	n = utf8_decode(p->at, (size_t)(p->end - p->at), &cp);
	if (n == 0)
		return json_parse_fail(p, p->at, "invalid UTF-8");
	buf_add(b, p->at, n);
	p->at += n;
	return 0;
}

int
json_parse_string(struct json_parser *p, struct json_text *text)
{
	char quote = *p->at++;
	int result = 0;
	struct buf b;

	buf_init(&b);
	while (result == 0 && !json_take(p, quote))
		result = parse_character(p, quote, &b);
	if (result == 0) {
		text->bytes = pool_memdup0(&p->path->pool, b.data, b.len);
		text->len = b.len;
	}
	buf_release(&b);
	return result;
}
