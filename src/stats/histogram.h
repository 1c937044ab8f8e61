/*
 * A histogram of durations: its rows, which have round bounds, and their
 * picture as lines of text. Pure.
 */
#ifndef GATHER_STATS_HISTOGRAM_H
#define GATHER_STATS_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "stats/percentiles.h"

/* The characters that a picture of text may use. */
enum drawing {
	DRAW_ASCII,
	DRAW_UTF8, /* block elements, eighths of a column */
};

enum {
	HISTOGRAM_ROWS = 12 /* at most */
};

struct histogram {
	size_t rows;                      /* 0: there are no values */
	int64_t from_us[HISTOGRAM_ROWS];  /* the smallest value of the row */
	int64_t until_us[HISTOGRAM_ROWS]; /* the first value beyond it */
	uint64_t count[HISTOGRAM_ROWS];   /* values in the row */
	uint64_t most;                    /* the largest count */
	bool even;                        /* all rows are equally wide */
};

/*
 * Returns rows with round bounds from the smallest to the largest value. They
 * are equally wide, unless the largest value is over ten times the smallest:
 * then their bounds follow 1, 2, 5, 10, 20, ... Values that are as good as
 * equal (1.001 s and 1.004 s) are in one row.
 */
struct histogram histogram_of(struct percentiles *);
/* Append the bounds of row `i`, "1.00 s … 1.01 s", `between` them as given. */
void histogram_add_bounds(
    const struct histogram *, size_t i, const char *between, struct buf *out);
/* Append a line for each row: its bounds, a bar, its count. A line is at most
 * `columns` wide, but a bar has ten columns at least. */
void histogram_add(
    const struct histogram *, enum drawing, size_t columns, struct buf *out);

/* Returns how long the longest bar may be in lines of `columns`, of which other
 * text takes `taken`. */
size_t bar_width(size_t columns, size_t taken);
/* Append a bar that fills `share` (0 to 1) of `width` columns, padded with
 * blanks to that width. Anything above 0 is shown. */
void add_bar(struct buf *out, double share, size_t width, enum drawing);

#endif
