/*
 * A histogram of durations as lines of text. Pure.
 */
#ifndef GATHER_STATS_HISTOGRAM_H
#define GATHER_STATS_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "stats/percentiles.h"

/* How pictures of text are drawn. */
enum drawing {
	DRAW_ASCII,
	DRAW_UTF8,
};

enum {
	HISTOGRAM_ROWS = 12 /* at most */
};

struct histogram {
	size_t rows;                      /* 0: there are no values */
	int64_t from_us[HISTOGRAM_ROWS];  /* a round number */
	int64_t until_us[HISTOGRAM_ROWS]; /* not in it */
	uint64_t count[HISTOGRAM_ROWS];
	uint64_t most; /* in one row */
};

/*
 * Rows with round bounds from the smallest to the largest value: of equal
 * width, or, where the largest is over ten times the smallest, 1-2-5.
 */
struct histogram histogram_of(struct percentiles *);
/* One line for each row: its bounds, a bar, its count; in `columns` of them
 * where that is possible. */
void histogram_add(
    const struct histogram *, enum drawing, size_t columns, struct buf *out);

/* How long bars are in lines of `columns` of which the rest takes `taken`. */
size_t bar_width(size_t columns, size_t taken);
/* A bar of `share` (0 to 1) of `width` columns, padded with blanks to all of
 * them; anything above 0 shows. */
void add_bar(struct buf *out, double share, size_t width, enum drawing);

#endif
