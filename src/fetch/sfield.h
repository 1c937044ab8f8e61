/*
 * The part of structured header fields (RFC 9651) that limits need: lists
 * and dictionaries of items with parameters. Members of other types (inner
 * lists, dates, display strings) are there, with nothing in them. A pull
 * parser over borrowed text.
 */
#ifndef GATHER_FETCH_SFIELD_H
#define GATHER_FETCH_SFIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sfield {
	const char *at;
	bool begun;
};

/* `"default"`, `limit=100`, `;r=50`: a name, a whole number, or both. */
struct sfield_pair {
	const char *name; /* a string's content (escapes as they are), a token,
	                   * a key; NULL: none */
	size_t name_len;
	const char
	    *text; /* of a key: a string or token as its value; or NULL */
	size_t text_len;
	int64_t number; /* 0 or more; -1: none */
	bool has_more;  /* a decimal: that and a fraction */
};

void sfield_init(struct sfield *, const char *text);
/*
 * The next member; parameters of the one before that nobody asked for are
 * skipped. Returns 1, 0 at the end, or -1: malformed; then the whole field is
 * to be ignored (RFC 9651, 4.2), and read no further.
 */
int sfield_next(struct sfield *, struct sfield_pair *);
/* The next parameter of that member; returns as sfield_next. */
int sfield_next_param(struct sfield *, struct sfield_pair *);

#endif
