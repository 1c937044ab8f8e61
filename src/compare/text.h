/* The outcome of a comparison as text for people. */
#ifndef GATHER_COMPARE_TEXT_H
#define GATHER_COMPARE_TEXT_H

#include "base/buf.h"
#include "compare/arms.h"
#include "compare/style.h"

/* Append what was compared and how often, as a line. */
void comparison_add_head(const struct comparison *, struct buf *out);
/* Append the times of every arm as a table and a plot, without a verdict. */
void comparison_add_arms(
    const struct comparison *, const struct style *, struct buf *out);
/* Append which arm is fastest and how sure that is, or for a sweep where its
 * knee is; then what limits the fastest arm, and what to try next. */
void comparison_add_verdict(
    const struct comparison *, const struct style *, struct buf *out);
/* Append "sync 5.0 s, async 1.0 s: 5.0 times faster", of the first arm and the
 * last, as a line. */
void comparison_add_line(const struct comparison *, struct buf *out);

/* Returns the position in `order` (comparison_order) of the fastest arm that
 * has a -P of its own. */
size_t comparison_fastest_fixed(const struct comparison *, const size_t *order);
/* Returns the position in `order` (comparison_order) of the knee of a sweep:
 * the smallest -P whose time is within KNEE_PERCENT of the fastest, or not
 * measurably longer. */
size_t comparison_knee(const struct comparison *, const size_t *order);
/* Returns how many arms of a sweep have a -P of their own, which is all but
 * that of -P auto. */
size_t comparison_fixed(const struct comparison *);

enum {
	KNEE_PERCENT = 10 /* a larger -P must gain at least this much */
};

/* Log what makes the times doubtful, such as outliers, each with its remedy. */
void comparison_warn(const struct comparison *);

#endif
