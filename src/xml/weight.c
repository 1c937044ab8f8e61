#include "config.h"

#include "xml/weight.h"

#include <stdint.h>
#include <string.h>

#include "base/ascii.h"

enum {
	NODES_MAX = 1000000,     /* 2 seconds and 300 MB */
	COMPARED_MAX = 50000000, /* 5,000 tags of 100 attributes, or one
	                            of 7,000 */
	LOOKS_BASE = 1 << 20,    /* bytes looked at, for each of the page: */
	LOOKS_PER_BYTE = 16
};

/* What is still allowed. */
struct allowance {
	uint64_t nodes, compared, looks;
	uint64_t declared; /* attributes in a DTD so far; all are compared */
};

struct scan {
	const char *at, *end;
};

static bool
begins_name(char c)
{
	return ascii_is_alpha(c) || c < 0 || (c && strchr("_:.", c));
}

static bool
is_blank(char c)
{
	return c && strchr(" \t\r\n\f", c);
}

/* Behind the value whose `=` has been read. */
static void
skip_value(struct scan *s)
{
	const char *close;

	while (s->at < s->end && is_blank(*s->at))
		s->at++;
	if (s->at == s->end || (*s->at != '"' && *s->at != '\''))
		return;
	close = memchr(s->at + 1, *s->at, (size_t)(s->end - s->at - 1));
	s->at = close ? close + 1 : s->end;
}

/* The attributes of the tag that begins at `s->at`; moves it to its end. */
static uint64_t
count_attributes(struct scan *s)
{
	uint64_t count = 0;
	bool apart = false;

	while (s->at < s->end && *s->at != '>') {
		char c = *s->at++;

		count += apart && begins_name(c);
		apart = is_blank(c) || c == '/';
		if (c == '=') {
			skip_value(s);
			apart = s->at[-1] != '=';
		}
	}
	return count;
}

/* A tag, or a declaration of a DTD. */
static bool
begins_tag(const struct scan *s)
{
	const char *at = s->at;

	if (at < s->end && *at == '!')
		at++;
	return at < s->end && begins_name(*at);
}

static bool
take(uint64_t *allowed, uint64_t amount)
{
	bool enough = amount <= *allowed;

	*allowed -= enough ? amount : 0;
	return enough;
}

static bool
take_tag(struct allowance *a, struct scan *s)
{
	const char *begin = s->at;
	bool declaration = begin < s->end && *begin == '!';
	uint64_t n = begins_tag(s) ? count_attributes(s) : 0;

	a->declared += declaration ? n : 0;
	return take(&a->nodes, 1 + n) &&
	       take(&a->looks, (uint64_t)(s->at - begin)) &&
	       (declaration ? a->declared * a->declared <= COMPARED_MAX
	                    : take(&a->compared, n * n));
}

/* What looks like a tag is not always one, and may hold others: so each is
 * looked at, whatever the one before it seemed to be. */
bool
weight_is_bearable(const char *bytes, size_t len)
{
	const char *end = bytes + len;
	const char *at = bytes;
	struct allowance a = {
	    .nodes = NODES_MAX,
	    .compared = COMPARED_MAX,
	    .looks = (uint64_t)len * LOOKS_PER_BYTE + LOOKS_BASE,
	};

	while ((at = memchr(at, '<', (size_t)(end - at))) != NULL) {
		struct scan s = {++at, end};

		if (!take_tag(&a, &s))
			return false;
	}
	return true;
}
