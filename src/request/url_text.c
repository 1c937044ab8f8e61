#include "config.h"

#include "request/url.h"

#include <string.h>
#include <strings.h>

#include "base/ascii.h"

/* Words that make a query parameter a secret, wherever they stand as a whole
 * word in its name: "api_key", "X-Amz-Signature", "client-secret". */
static const char *const secret_words[] = {
    "apikey",
    "auth",
    "authorization",
    "credential",
    "credentials",
    "jwt",
    "key",
    "pass",
    "passwd",
    "password",
    "pwd",
    "secret",
    "session",
    "sessionid",
    "sid",
    "sig",
    "signature",
    "token",
};

/* Names with those words run together. */
static const char *const secret_ends[] = {
    "apikey",
    "accesskey",
    "password",
    "secret",
    "sessionid",
    "signature",
    "token",
};

static bool
is_word(const char *s, size_t len)
{
	for (size_t i = 0; i < sizeof(secret_words) / sizeof(*secret_words);
	     i++) {
		if (strlen(secret_words[i]) == len &&
		    strncasecmp(s, secret_words[i], len) == 0)
			return true;
	}
	return false;
}

static bool
ends_secret(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(secret_ends) / sizeof(*secret_ends);
	     i++) {
		size_t end = strlen(secret_ends[i]);

		if (len >= end &&
		    strncasecmp(name + len - end, secret_ends[i], end) == 0)
			return true;
	}
	return false;
}

static bool
is_secret_name(const char *name, size_t len)
{
	size_t start = 0;

	for (size_t i = 0; i <= len; i++) {
		if (i < len && ascii_is_alnum(name[i]))
			continue;
		if (is_word(name + start, i - start))
			return true;
		start = i + 1;
	}
	return ends_secret(name, len);
}

static void
add_parameter(struct buf *b, const char *s, size_t len)
{
	const char *equals = memchr(s, '=', len);
	size_t name = equals ? (size_t)(equals - s) : len;

	if (equals && name + 1 < len && is_secret_name(s, name)) {
		buf_add(b, s, name + 1);
		buf_adds(b, "***");
	} else {
		buf_add(b, s, len);
	}
}

/* A query, or a fragment, which OAuth fills with the same names. */
static void
add_parameters(struct buf *b, const char *s)
{
	while (*s) {
		size_t len = strcspn(s, "&;#?");

		add_parameter(b, s, len);
		s += len;
		if (*s)
			buf_addc(b, *s++);
	}
}

/* Everything before the query, without a password or a user in it. Also in
 * texts without a scheme, which curl would guess. */
static size_t
add_authority(struct buf *b, const char *text)
{
	size_t end = strcspn(text, "?#");
	const char *slashes = strstr(text, "://");
	const char *start = text, *at = NULL;

	if (slashes && (size_t)(slashes - text) < end)
		start = slashes + 3;
	for (const char *s = start; *s && !strchr("/?#", *s); s++) {
		if (*s == '@')
			at = s;
	}
	if (at) {
		buf_add(b, text, (size_t)(start - text));
		buf_adds(b, "***");
		start = at;
	} else {
		start = text;
	}
	buf_add(b, start, (size_t)(text + end - start));
	return end;
}

void
url_add_redacted(struct buf *b, const char *text)
{
	add_parameters(b, text + add_authority(b, text));
}

static bool
is_unreserved(char c)
{
	return ascii_is_alnum(c) || (c && strchr("-._~", c));
}

void
url_add_encoded(struct buf *b, const char *s, size_t len)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (is_unreserved(s[i])) {
			buf_addc(b, s[i]);
			continue;
		}
		buf_addc(b, '%');
		buf_addc(b, hex[c >> 4]);
		buf_addc(b, hex[c & 15]);
	}
}
