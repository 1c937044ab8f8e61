/*
 * The nearest of many names to a wrong one, for "did you mean". Offer all names
 * one after the other; `best` is the answer.
 */
#ifndef GATHER_TEXT_SUGGEST_H
#define GATHER_TEXT_SUGGEST_H

#include <stddef.h>

struct suggestion {
	const char *wrong; /* what was typed; borrowed */
	const char *best;  /* borrowed; NULL: no name was near enough so far */
	size_t cost;       /* of `best`: about its number of mistakes */
};

/* Begin to look for the name that was meant by `wrong`. */
void suggestion_init(struct suggestion *, const char *wrong);
/*
 * Consider `name`, which must live as long as the suggestion. It is near if few
 * letters of the text are wrong, if the text is the beginning of the name, or
 * if the name is the beginning of the text.
 */
void suggestion_offer(struct suggestion *, const char *name);

#endif
