/* The nearest of many names, for "did you mean". */
#ifndef GATHER_TEXT_SUGGEST_H
#define GATHER_TEXT_SUGGEST_H

#include <stddef.h>

struct suggestion {
	const char *wrong; /* what was typed; borrowed */
	const char *best;  /* borrowed; NULL: nothing near enough so far */
	size_t cost;       /* of `best`: about its mistakes */
};

void suggestion_init(struct suggestion *, const char *wrong);
/*
 * Consider `name`, which must live as long as the suggestion. It is near if few
 * letters are wrong, if the text is the beginning of it, or goes on behind it.
 */
void suggestion_offer(struct suggestion *, const char *name);

/*
 * How many insertions, deletions, replacements and swaps of neighbours lead
 * from `a` to `b` (optimal string alignment), at most `limit` + 1.
 */
size_t edit_distance(const char *a, const char *b, size_t limit);

#endif
