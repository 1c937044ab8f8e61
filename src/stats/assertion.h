/*
 * An assertion about the times of the arms of a comparison: "async <= sync/4",
 * "async < 1.5s", "sync / async >= 4". Pure. Its grammar, with blanks anywhere:
 *
 *	assertion = sum ("<" | "<=" | ">" | ">=") sum
 *	sum       = product {("+" | "-") product}
 *	product   = factor {("*" | "/") factor}
 *	factor    = ARM | NUMBER [UNIT] | "(" sum ")"
 *
 * UNIT is us, ms, s, m or h. A number without one that is compared with a time,
 * or added to one, is in seconds. Both sides must be times, or both must be
 * plain numbers, which a ratio of times is, too.
 */
#ifndef GATHER_STATS_ASSERTION_H
#define GATHER_STATS_ASSERTION_H

#include <stdbool.h>
#include <stddef.h>

struct assertion;

/* The names of the arms, in the order of the times that assertion_check gets.
 * Borrowed. */
struct arm_names {
	const char *const *items;
	size_t len;
};

/* Parse an assertion. NULL with *cause (caller frees), which names the column:
 * its syntax is wrong, an arm is unknown, or the sides cannot be compared. */
struct assertion *assertion_parse(
    const char *text, const struct arm_names *, char **cause);
void assertion_free(struct assertion *);

/* Whether an assertion is true, and the values of its sides. */
struct assertion_outcome {
	bool holds;   /* false, too, if a side is infinite or not a number */
	double left;  /* seconds, unless `ratio` */
	double right; /* likewise */
	bool ratio;   /* the sides are plain numbers */
	const char *relation; /* "<="; static */
};
/* Evaluate the assertion for the times of the arms. */
struct assertion_outcome assertion_check(
    const struct assertion *, const double *seconds);

#endif
