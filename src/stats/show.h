/*
 * How figures are shown: one unit for all that stand in one column, or each as
 * people say it. Pure.
 */
#ifndef GATHER_STATS_SHOW_H
#define GATHER_STATS_SHOW_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct time_unit {
	const char *name; /* "ms" */
	double seconds;   /* how long it is */
	int decimals;     /* that a figure in it has */
};

/* In which `seconds` reads well: "102.1 ms", "5.027 s". */
struct time_unit time_unit_for(double seconds);
/* "5.027 s", right-aligned: the figure to `width` columns; 0: as wide as it
 * is. */
void add_time(
    struct buf *out, double seconds, struct time_unit unit, int width);
/* "950 ms", "1.24 s", "2 min 5 s": as people say it. */
void add_duration(struct buf *out, int64_t us);
/* "812 B", "1.2 MB" (1024). */
void add_size(struct buf *out, uint64_t bytes);
/* Blanks, until what was added since `start` of the buffer fills so many
 * columns of a terminal. */
void pad_to(struct buf *out, size_t start, size_t columns);

#endif
