/*
 * The width of text on a terminal, by libunistring's tables: what a person
 * takes for one character (a grapheme cluster, Unicode's UAX #29) is never cut,
 * and has the columns that terminals give it (UAX #11).
 */
#ifndef GATHER_TEXT_TERM_WIDTH_H
#define GATHER_TEXT_TERM_WIDTH_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Returns the columns of valid UTF-8 without controls: 2 for East Asian wide
 * characters and for an emoji with all its modifiers, 0 for marks that stand
 * above or below a letter. A byte that is no valid UTF-8 counts as one column.
 */
size_t term_width_of(const char *s, size_t len);

/* How to cut a text. */
struct term_width_cut {
	size_t columns;   /* the room for it */
	const char *mark; /* "..." or the like, for what is left out */
};

/* Append `s`, or where it is too long its begin and its end, of whole clusters
 * and about equal width, with the mark between them; without it where there is
 * no room for the mark. Returns the columns used. */
size_t term_width_add_middle(
    struct buf *, const char *s, size_t len, const struct term_width_cut *);
/* Append as many whole clusters of `s` as fit, with the mark at the end if
 * something is missing; without it where there is no room for the mark.
 * Returns the columns used. */
size_t term_width_add_cut(
    struct buf *, const char *s, size_t len, const struct term_width_cut *);

#endif
