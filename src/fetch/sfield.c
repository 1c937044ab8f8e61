#include "config.h"

#include "fetch/sfield.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"

enum {
	DIGITS_MAX = 15 /* RFC 9651, 3.3.1 */
};

static bool
is_key_char(char c)
{
	return islower((unsigned char)c) || isdigit((unsigned char)c) ||
	       (c && strchr("_-.*", c));
}

/* RFC 9651, 3.3.4. */
static bool
is_token_char(char c)
{
	return ascii_is_tchar(c) || c == ':' || c == '/';
}

static bool
is_base64_char(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("+/=", c));
}

static void
skip_blanks(struct sfield *f)
{
	while (*f->at == ' ' || *f->at == '\t')
		f->at++;
}

/* The run of characters that `is` accepts, as a name. */
static int
read_run(struct sfield *f, bool (*is)(char), struct sfield_pair *pair)
{
	pair->name = f->at;
	while (is(*f->at))
		f->at++;
	pair->name_len = (size_t)(f->at - pair->name);
	return pair->name_len ? 1 : -1;
}

static int
read_string(struct sfield *f, struct sfield_pair *pair)
{
	pair->name = ++f->at;
	for (; *f->at != '"'; f->at++) {
		if (*f->at == '\\')
			f->at++;
		if (*f->at < ' ' || *f->at > '~')
			return -1;
	}
	pair->name_len = (size_t)(f->at++ - pair->name);
	return 1;
}

static int
read_fraction(struct sfield *f, struct sfield_pair *pair)
{
	f->at++;
	if (!isdigit((unsigned char)*f->at))
		return -1;
	for (; isdigit((unsigned char)*f->at); f->at++)
		pair->has_more |= *f->at != '0';
	return 1;
}

/* Negative numbers are legal, but no count or time of ours. */
static int
read_number(struct sfield *f, struct sfield_pair *pair)
{
	bool negative = *f->at == '-';
	int64_t n = 0;
	int digits = 0;

	f->at += negative;
	for (; isdigit((unsigned char)*f->at); f->at++) {
		if (++digits > DIGITS_MAX)
			return -1;
		n = n * 10 + (*f->at - '0');
	}
	if (!digits)
		return -1;
	pair->number = negative ? -1 : n;
	return *f->at == '.' ? read_fraction(f, pair) : 1;
}

static int
read_bytes(struct sfield *f)
{
	for (f->at++; is_base64_char(*f->at);)
		f->at++;
	if (*f->at != ':')
		return -1;
	f->at++;
	return 1;
}

static int
read_boolean(struct sfield *f)
{
	f->at++;
	if (*f->at != '0' && *f->at != '1')
		return -1;
	f->at++;
	return 1;
}

/* A date, which is no number of ours. */
static int
read_date(struct sfield *f)
{
	struct sfield_pair date = {0};

	f->at++;
	return read_number(f, &date);
}

/* A string with octets as %xx. */
static int
read_display(struct sfield *f)
{
	struct sfield_pair text;

	f->at++;
	return *f->at == '"' ? read_string(f, &text) : -1;
}

/* A bare item (RFC 9651, 4.2.3.1). */
static int
read_item(struct sfield *f, struct sfield_pair *pair)
{
	unsigned char c = (unsigned char)*f->at;

	if (c == '"')
		return read_string(f, pair);
	if (c == '-' || isdigit(c))
		return read_number(f, pair);
	if (c == ':')
		return read_bytes(f);
	if (c == '?')
		return read_boolean(f);
	if (c == '@')
		return read_date(f);
	if (c == '%')
		return read_display(f);
	if (c == '*' || isalpha(c))
		return read_run(f, is_token_char, pair);
	return -1;
}

/* RFC 9651, 4.2.1.2. */
static int
skip_inner_list(struct sfield *f)
{
	struct sfield_pair pair;
	int rc = 1;

	for (f->at++; rc >= 0;) {
		while (*f->at == ' ')
			f->at++;
		if (*f->at == ')') {
			f->at++;
			return 1;
		}
		rc = read_item(f, &pair);
		while (rc > 0)
			rc = sfield_next_param(f, &pair);
	}
	return -1;
}

static int
read_member(struct sfield *f, struct sfield_pair *pair)
{
	return *f->at == '(' ? skip_inner_list(f) : read_item(f, pair);
}

/* What stands behind "=". */
static int
read_value(struct sfield *f, struct sfield_pair *pair)
{
	struct sfield_pair value = {.number = -1};
	int rc;

	f->at++;
	rc = read_member(f, &value);
	pair->number = value.number;
	pair->has_more = value.has_more;
	pair->text = value.name;
	pair->text_len = value.name_len;
	return rc;
}

void
sfield_init(struct sfield *f, const char *text)
{
	*f = (struct sfield){.at = text};
	skip_blanks(f);
}

int
sfield_next_param(struct sfield *f, struct sfield_pair *pair)
{
	*pair = (struct sfield_pair){.number = -1};
	if (*f->at != ';')
		return 0;
	f->at++;
	while (*f->at == ' ')
		f->at++;
	if (read_run(f, is_key_char, pair) < 0)
		return -1;
	return *f->at == '=' ? read_value(f, pair) : 1;
}

/* From behind a member to the next one. */
static int
next_member(struct sfield *f)
{
	skip_blanks(f);
	if (!*f->at)
		return 0;
	if (*f->at++ != ',')
		return -1;
	skip_blanks(f);
	return *f->at ? 1 : -1;
}

/* `key=item` of a dictionary; 0: it is no such thing. */
static int
read_entry(struct sfield *f, struct sfield_pair *pair)
{
	const char *start = f->at;

	if (!isdigit((unsigned char)*f->at) &&
	    read_run(f, is_key_char, pair) > 0 && *f->at == '=')
		return read_value(f, pair);
	f->at = start;
	*pair = (struct sfield_pair){.number = -1};
	return 0;
}

int
sfield_next(struct sfield *f, struct sfield_pair *pair)
{
	int rc;

	while ((rc = sfield_next_param(f, pair)) > 0)
		;
	if (rc == 0)
		rc = f->begun ? next_member(f) : *f->at != '\0';
	*pair = (struct sfield_pair){.number = -1};
	if (rc <= 0)
		return rc;
	f->begun = true;
	rc = read_entry(f, pair);
	return rc ? rc : read_member(f, pair);
}
