#include "config.h"

#include "request/url.h"

#include <string.h>

#include "base/ascii.h"
#include "base/redact.h"

/* Or a fragment, which OAuth fills with the same names. */
void
url_add_redacted_query(struct buf *b, const char *s)
{
	redact_add(b, REDACT_QUERY, s, strlen(s));
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

void
url_add_redacted(struct buf *b, const char *text)
{
	redact_add(b, REDACT_URL, text, strlen(text));
}

char *
url_redacted(const char *text)
{
	return redacted(REDACT_URL, text);
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
