#include "config.h"

#include "request/url.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"

void
url_cache_init(struct url_cache *c, enum url_schemes allowed)
{
	*c = (struct url_cache){.allowed = allowed};
}

static void
forget(struct url_cache *c, size_t slot)
{
	free(c->known[slot].prefix);
	origin_unref(c->known[slot].origin);
	c->known[slot].prefix = NULL;
	c->known[slot].origin = NULL;
}

void
url_cache_release(struct url_cache *c)
{
	for (size_t i = 0; i < URL_CACHE_SIZE; i++)
		forget(c, i);
}

/* How much of `text` is scheme and authority; 0: it has no plain ones. */
static size_t
prefix_length(const char *text)
{
	size_t scheme;

	if (strncmp(text, "https://", 8) == 0)
		scheme = 8;
	else if (strncmp(text, "http://", 7) == 0)
		scheme = 7;
	else
		return 0;
	return scheme + strcspn(text + scheme, "/?#");
}

/* A prefix stands in this place or the one beside it, slot ^ 1. */
static size_t
slot_of(const char *prefix, size_t len)
{
	/* The lowest bits, unfolded, set numbered names apart best. */
	return (size_t)hash_add(HASH_START, prefix, len) % URL_CACHE_SIZE;
}

/* A segment that libcurl might resolve: it begins with a dot, or with what
 * may be an encoded one. */
static bool
is_dot_segment(const char *slash)
{
	return slash[1] == '.' || (slash[1] == '%' && slash[2] == '2');
}

/* Would curl_url hand this path and query back byte for byte? */
static bool
is_plain(const char *path)
{
	const char *s;

	if (*path != '/')
		return false;
	for (s = path; *s; s++) {
		if (*s <= ' ' || *s > '~' || *s == '#' || *s == '\\')
			return false;
		if (*s == '/' && is_dot_segment(s))
			return false;
	}
	/* An empty query loses its `?`. */
	return s[-1] != '?' && (size_t)(s - path) < URL_MAX / 2;
}

static bool
is_known(const struct url_cache *c, size_t slot, const char *prefix, size_t len)
{
	return c->known[slot].prefix && c->known[slot].len == len &&
	       memcmp(c->known[slot].prefix, prefix, len) == 0;
}

const char *
url_cache_find(const struct url_cache *c, const char *text)
{
	size_t len = prefix_length(text);
	size_t slot = slot_of(text, len);

	if (!is_known(c, slot, text, len))
		slot ^= 1;
	return len && is_known(c, slot, text, len) && is_plain(text + len)
	           ? c->known[slot].origin
	           : NULL;
}

void
url_cache_learn(struct url_cache *c, const char *text, const struct url *parsed)
{
	size_t len = prefix_length(text);
	size_t slot;

	/* What was rewritten (user names, case, odd addresses) is no key. */
	if (len == 0 || len > URL_MAX / 2 ||
	    prefix_length(parsed->text) != len ||
	    memcmp(text, parsed->text, len) != 0)
		return;
	slot = slot_of(text, len);
	if (is_known(c, slot, text, len) || is_known(c, slot ^ 1, text, len))
		return;
	/* The last one moves over, so that two can take turns. */
	if (c->known[slot].prefix) {
		forget(c, slot ^ 1);
		c->known[slot ^ 1] = c->known[slot];
	}
	c->known[slot].prefix = xmemdup0(text, len);
	c->known[slot].len = len;
	c->known[slot].origin = origin_ref(parsed->origin);
}
