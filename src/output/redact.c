#include "config.h"

#include "output/redact.h"

#include <stdbool.h>
#include <string.h>

/* Bytes that end an authority, beside blanks and controls. */
static const char url_ends[] = "/?#";
static const char json_ends[] = "/?#\"\\";

static bool
ends_authority(char c, const char *ends)
{
	return (unsigned char)c <= ' ' || strchr(ends, c);
}

/* Can an authority stand at `s`: at the start, behind a blank, a quote, or
 * two slashes, be they escaped? */
static bool
may_begin(const char *start, const char *s)
{
	if (s == start || (unsigned char)s[-1] <= ' ' || s[-1] == '"')
		return true;
	if (s[-1] != '/' || s - start < 2)
		return false;
	return s[-2] == '/' ||
	       (s - start >= 4 && memcmp(s - 4, "\\/\\/", 4) == 0);
}

static const char *
find_last(const char *s, char c, size_t len)
{
	while (len--)
		if (s[len] == c)
			return s + len;
	return NULL;
}

static void
add_authority(struct buf *out, const char *s, size_t len)
{
	const char *at = find_last(s, '@', len);
	const char *colon = at ? memchr(s, ':', (size_t)(at - s)) : NULL;

	if (!colon) {
		buf_add(out, s, len);
		return;
	}
	buf_add(out, s, (size_t)(colon + 1 - s));
	buf_adds(out, "***");
	buf_add(out, at, (size_t)(s + len - at));
}

static void
redact(struct buf *out, const char *start, const char *end)
{
	const char *ends = *start == '{' ? json_ends : url_ends;
	const char *s = start;

	while (s < end) {
		size_t n = 0;

		while (s + n < end && !ends_authority(s[n], ends))
			n++;
		if (may_begin(start, s))
			add_authority(out, s, n);
		else
			buf_add(out, s, n);
		s += n;
		if (s < end)
			buf_addc(out, *s++);
	}
}

void
redact_passwords(struct buf *out, const char *s, size_t len)
{
	if (memchr(s, '@', len))
		redact(out, s, s + len);
	else
		buf_add(out, s, len);
}
