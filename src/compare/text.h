/* What a comparison found, as text for people. */
#ifndef GATHER_COMPARE_TEXT_H
#define GATHER_COMPARE_TEXT_H

#include <stdbool.h>

#include "base/buf.h"
#include "compare/arms.h"
#include "stats/histogram.h"

/* How the other end shows text. */
struct style {
	enum drawing drawing;
	bool color;
	unsigned width; /* columns */
};

/* Append the times of every arm, without a verdict. */
void comparison_add_arms(
    const struct comparison *, const struct style *, struct buf *out);
/* Append who is faster and how sure that is. */
void comparison_add_verdict(
    const struct comparison *, const struct style *, struct buf *out);
/* Append "sync 5.0 s, async 1.0 s: 5.0 times faster", of the first arm and
 * the last. */
void comparison_add_line(const struct comparison *, struct buf *out);

/* Times that stand out, each with its remedy; told by log_note. */
void comparison_warn(const struct comparison *);

#endif
