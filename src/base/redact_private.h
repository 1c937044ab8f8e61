/* What the files of the redactor share: redact.c (parameters, headers, members
 * of JSON), redact_userinfo.c, redact_unit.c (one character). */
#ifndef GATHER_BASE_REDACT_PRIVATE_H
#define GATHER_BASE_REDACT_PRIVATE_H

#include "base/redact.h"

#include <stdbool.h>
#include <string.h>

#define REDACT_STARS "***"

/* A character, whatever it is written as. */
struct unit {
	char c;
	unsigned depth; /* how often it is percent-encoded */
	size_t len;     /* bytes that it takes */
};

/* How far it has come. */
struct scan {
	struct buf *out;
	enum redact_kind kind;
	const char *start;
	const char *at;
	const char *end;
	const char *name; /* where the name that ends at `at` begins */
	unsigned slashes; /* logical ones that end at `at` */
	unsigned depth;   /* of the last one */
	bool in_query;    /* of the URL that this is about */
	/* Up to where it has been looked in vain, so that nothing is looked
	 * through twice: for userinfo without a scheme, for a far @. */
	const char *no_userinfo;
	const char *no_far_at;
};

/* redact_unit.c: the character at `s`, which is not `end`. */
struct unit unit_at(const char *s, const char *end);

/* Does only the end of the text end its URL? */
static inline bool
scan_is_one_url(const struct scan *s)
{
	return s->kind == REDACT_URL || s->kind == REDACT_QUERY ||
	       s->kind == REDACT_PASSWORD;
}

/* What ends a URL within a text; within one that is all of it, nothing. */
static inline bool
scan_ends_word(const struct scan *s, struct unit u)
{
	if (scan_is_one_url(s) || u.depth)
		return false;
	return (unsigned char)u.c <= ' ' || strchr("\"<>`", u.c);
}

/* The next `len` bytes as they are. */
static inline void
scan_copy(struct scan *s, size_t len)
{
	buf_add(s->out, s->at, len);
	s->at += len;
}

/* Up to `to` there is a secret. */
static inline void
scan_hide(struct scan *s, const char *to)
{
	if (to > s->at)
		buf_adds(s->out, REDACT_STARS);
	s->at = to;
	s->name = to;
}

static inline bool
scan_is_hidden(const struct scan *s)
{
	return s->end - s->at >= 3 && memcmp(s->at, REDACT_STARS, 3) == 0;
}

/* redact_userinfo.c: behind two slashes of that depth; at the start of a word
 * that may have no scheme. */
void scan_authority(struct scan *, unsigned depth);
void scan_bare_authority(struct scan *);

#endif
