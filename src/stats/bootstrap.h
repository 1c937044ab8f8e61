/*
 * How sure a ratio is: the bootstrap (Efron 1979). Pure; the seed is passed
 * in, and the same seed gives the same interval.
 */
#ifndef GATHER_STATS_BOOTSTRAP_H
#define GATHER_STATS_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

enum {
	BOOTSTRAP_FEWEST = 5 /* rounds; fewer cannot cover 95 % */
};

struct interval {
	double ratio; /* median(a) / median(b) */
	double low;   /* 95 % interval; both NAN with too few rounds */
	double high;
};

/*
 * The ratio of the medians of `a` and `b`, n >= 1 positive values each, where
 * a[i] and b[i] come from the same round: rounds are drawn as pairs, so what
 * slowed a round as a whole does not blur the ratio.
 */
struct interval bootstrap_ratio(
    const double *a, const double *b, size_t n, uint64_t seed);

#endif
