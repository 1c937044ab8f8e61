#include "config.h"

#include "request/url.h"

#include <string.h>

#include "base/ascii.h"
#include "request/secret.h"

static void
add_parameter(struct buf *b, const char *s, size_t len)
{
	const char *equals = memchr(s, '=', len);
	size_t name = equals ? (size_t)(equals - s) : len;

	if (equals && name + 1 < len && secret_is_name(s, name)) {
		buf_add(b, s, name + 1);
		buf_adds(b, "***");
	} else {
		buf_add(b, s, len);
	}
}

/* Or a fragment, which OAuth fills with the same names. */
void
url_add_redacted_query(struct buf *b, const char *s)
{
	while (*s) {
		size_t len = strcspn(s, "&;#?");

		add_parameter(b, s, len);
		s += len;
		if (*s)
			buf_addc(b, *s++);
	}
}

const char *
url_authority(const char *text)
{
	const char *slashes = strstr(text, "://");

	return slashes && slashes < text + strcspn(text, "?#") ? slashes + 3
	                                                       : text;
}

/* The `@` behind its userinfo; NULL: it has none. */
static const char *
userinfo_end(const char *authority)
{
	const char *at = NULL;

	for (const char *s = authority; *s && !strchr("/?#", *s); s++)
		if (*s == '@')
			at = s;
	return at;
}

void
url_drop_userinfo(char *url)
{
	char *authority = url + (url_authority(url) - url);
	const char *at = userinfo_end(authority);

	if (at)
		memmove(authority, at + 1, strlen(at));
}

/* Everything before the query, without a password or a user in it. */
static size_t
add_authority(struct buf *b, const char *text)
{
	size_t end = strcspn(text, "?#");
	const char *authority = url_authority(text);
	const char *at = userinfo_end(authority);
	const char *rest = at ? at : text;

	if (at) {
		buf_add(b, text, (size_t)(authority - text));
		buf_adds(b, "***");
	}
	buf_add(b, rest, (size_t)(text + end - rest));
	return end;
}

void
url_add_redacted(struct buf *b, const char *text)
{
	url_add_redacted_query(b, text + add_authority(b, text));
}

char *
url_redacted(const char *text)
{
	struct buf redacted = {0};

	url_add_redacted(&redacted, text);
	return buf_take(&redacted);
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
