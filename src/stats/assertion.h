/*
 * An assertion about the times of arms: "async <= sync/4", "async < 1.5s",
 * "sync / async >= 4". Pure.
 *
 *	assertion = sum ("<" | "<=" | ">" | ">=") sum
 *	sum       = product {("+" | "-") product}
 *	product   = factor {("*" | "/") factor}
 *	factor    = ARM | NUMBER [UNIT] | "(" sum ")"
 *
 * UNIT is us, ms, s, m or h. A number without one that stands against a time
 * is seconds. Times are multiplied by numbers only, and a time is not held
 * against a ratio.
 */
#ifndef GATHER_STATS_ASSERTION_H
#define GATHER_STATS_ASSERTION_H

#include <stdbool.h>
#include <stddef.h>

struct assertion;

/* The arms there are, in the order in which their times will come. */
struct arm_names {
	const char *const *items;
	size_t len;
};

/* NULL with *cause (caller frees), which names the column. */
struct assertion *assertion_parse(
    const char *text, const struct arm_names *, char **cause);
void assertion_free(struct assertion *);

struct assertion_outcome {
	bool holds;
	double left; /* what the sides come to; seconds, unless `ratio` */
	double right;
	bool ratio;
	const char *relation; /* "<="; static */
};
/* `seconds` of each arm. */
struct assertion_outcome assertion_check(
    const struct assertion *, const double *seconds);

#endif
