/* Runs that stand out from the others of their arm. Pure. */
#ifndef GATHER_STATS_OUTLIERS_H
#define GATHER_STATS_OUTLIERS_H

#include <stdbool.h>
#include <stddef.h>

struct outliers {
	size_t count;
	bool first;   /* the first run stands out, as a slow one, and alone */
	double worst; /* the one farthest off */
	double median;
};

/*
 * Of `n` >= 1 times in the order of the runs. A time stands out if its
 * distance from the median is over 10 standard deviations, estimated from the
 * median absolute deviation (Iglewicz and Hoaglin 1993; the threshold is
 * hyperfine's), and over a tenth of the median.
 */
struct outliers outliers_of(const double *seconds, size_t n);

#endif
