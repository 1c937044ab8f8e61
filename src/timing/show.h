/*
 * How figures are shown: one unit for all that stand in one column. Pure.
 */
#ifndef GATHER_TIMING_SHOW_H
#define GATHER_TIMING_SHOW_H

#include <stddef.h>

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
/* Blanks, until what was added since `start` of the buffer fills so many
 * columns of a terminal. */
void pad_to(struct buf *out, size_t start, size_t columns);

#endif
