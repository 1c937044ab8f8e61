/*
 * Expressions that find nothing: a path that is misspelt is no error, so a run
 * names those that matched nothing in any body, and what was there instead.
 *
 * A gap is what one body holds where an expression stops; a gap finder decides
 * which bodies are looked into for that; a gap sum is about all bodies of a
 * run. All three are fine zeroed.
 */
#ifndef GATHER_MATCH_GAP_H
#define GATHER_MATCH_GAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "match/match.h"

struct gap {
	bool looked;  /* the expression was applied to the body, ... */
	bool matched; /* ... and found something */
	struct buf text;
	unsigned says; /* how much the text says (matcher_describe_gap) */
};

/* For the bodies that one thread reads. */
struct gap_finder {
	bool matched;
	unsigned described;
};

struct gap_sum {
	uint64_t bodies;
	bool matched;
	char *text; /* owned: that of the gap that says most; or NULL */
	unsigned says;
};

/* Free the text, and set all to zero. */
void gap_release(struct gap *);
/* Complete a gap of which all but `matched` is zero: the expression was applied
 * to the reading. What is there instead of a match is described in the first
 * bodies only, as it takes time. */
void gap_find(struct gap_finder *, const struct matcher *,
    const struct reading *, struct gap *);
/* Count a body, unless nobody looked into it. */
void gap_sum_add(struct gap_sum *, const struct gap *);
/* Append "--each .x matched nothing in 2 responses", then `so` (or ""), and
 * what was there. False, with nothing appended, if something was found, or
 * there was no body. Names in the text are the server's. */
bool gap_sum_describe(const struct gap_sum *, const struct matcher *,
    const char *so, struct buf *out);
void gap_sum_release(struct gap_sum *);

#endif
