/* What a comparison found, as text for people. */
#ifndef GATHER_COMPARE_COMPARE_REPORT_H
#define GATHER_COMPARE_COMPARE_REPORT_H

#include <stdbool.h>

#include "base/buf.h"
#include "compare/figures.h"
#include "stats/histogram.h"

/* How the other end shows text. */
struct style {
	enum drawing drawing;
	bool color;
	unsigned width; /* columns */
};

/* Append the times of every arm, without a verdict. */
void report_arms(
    const struct comparison *, const struct style *, struct buf *out);
/* Append who is faster and how sure that is. */
void report_verdict(
    const struct comparison *, const struct style *, struct buf *out);
/* The same for a sweep of -P: one table, a plot, and the knee. */
void report_sweep(
    const struct comparison *, const struct style *, struct buf *out);
void report_knee(
    const struct comparison *, const struct style *, struct buf *out);
/* Append "sync 5.0 s, async 1.0 s: 5.0 times as fast", of the first arm and
 * the last. */
void report_in_a_line(const struct comparison *, struct buf *out);

/* Times that stand out, each with its remedy; told by log_note. */
void report_warnings(const struct comparison *);

/* Style, for the files of the report. */
enum paint {
	PAINT_BOLD,
	PAINT_GOOD,
	PAINT_LOW,
	PAINT_HIGH,
	PAINT_DIM,
	PAINTS
};
void paint(const struct style *, enum paint, struct buf *out);
void unpaint(const struct style *, struct buf *out);
/* "95 % interval 4.96 … 5.02" */
void report_interval(
    const struct interval *, const struct style *, struct buf *out);
/* "±" and "…", or what ASCII has for them. */
const char *style_plus_minus(const struct style *);
const char *style_to(const struct style *);

#endif
