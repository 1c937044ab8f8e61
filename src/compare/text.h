/* The outcome of a comparison as text for people. */
#ifndef GATHER_COMPARE_TEXT_H
#define GATHER_COMPARE_TEXT_H

#include <stdbool.h>

#include "base/buf.h"
#include "compare/arms.h"
#include "stats/histogram.h"

/* What the text may use where it will be read. */
struct style {
	enum drawing drawing;
	bool color;
	unsigned width; /* columns */
};

/* Append the times of every arm, or for a sweep over -P a table and a plot,
 * without a verdict. */
void comparison_add_arms(
    const struct comparison *, const struct style *, struct buf *out);
/* Append which arm is fastest and how sure that is, or for a sweep where its
 * knee is. */
void comparison_add_verdict(
    const struct comparison *, const struct style *, struct buf *out);
/* Append "sync 5.0 s, async 1.0 s: 5.0 times faster", of the first arm and the
 * last, as a line. */
void comparison_add_line(const struct comparison *, struct buf *out);

/* Log what makes the times doubtful, such as outliers, each with its remedy. */
void comparison_warn(const struct comparison *);

#endif
