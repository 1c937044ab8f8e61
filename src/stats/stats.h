/* Statistics. Pure. */
#ifndef GATHER_STATS_STATS_H
#define GATHER_STATS_STATS_H

#include <stddef.h>

struct stats {
	size_t n;
	double mean;
	double stddev; /* of the sample (n - 1); 0 for n < 2 */
	double min;
	double max;
	double median;
};

/* Of `n` >= 1 values, which are sorted in place. */
struct stats stats_of(double *values, size_t n);

#endif
