/*
 * Statistics of measured times: a summary of some, which of them are outliers,
 * and how sure the ratio of two series is. Pure; the seed is passed in, and the
 * same seed gives the same interval.
 */
#ifndef GATHER_STATS_STATS_H
#define GATHER_STATS_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A summary of values. */
struct stats {
	size_t n; /* values */
	double mean;
	double stddev; /* of the sample (divided by n - 1); 0 for n < 2 */
	double min;
	double max;
	double
	    median; /* of an even number, the mean of the two in the middle */
};

/* The statistics of `n` >= 1 values, which are sorted in place. */
struct stats stats_of(double *values, size_t n);

struct outliers {
	size_t count;
	bool first;    /* the first run is the only outlier, and a slow one */
	double worst;  /* the outlier farthest from the median; 0: none */
	double median; /* of all values */
};

/*
 * The outliers among `n` >= 1 times in the order of the runs; none are found
 * among fewer than three. A time is an outlier if its distance from the median
 * is over 10 standard deviations, estimated from the median absolute deviation
 * (Iglewicz and Hoaglin 1993; the threshold is hyperfine's), and over a tenth
 * of the median.
 */
struct outliers outliers_of(const double *seconds, size_t n);

enum {
	BOOTSTRAP_FEWEST = 5 /* rounds; fewer cannot cover 95 % */
};

/* An estimate, and where the true value is with a confidence of 95 %. */
struct interval {
	double value; /* the estimate */
	double low;   /* both NAN with too few rounds */
	double high;
};

/*
 * The ratio of the medians of `a` and `b`, n >= 1 positive values each, and how
 * sure it is: the percentile interval of the bootstrap (Efron 1979). a[i] and
 * b[i] come from the same round, and rounds are drawn as pairs, so what slowed
 * a round as a whole does not blur the ratio.
 */
struct interval bootstrap_ratio(
    const double *a, const double *b, size_t n, uint64_t seed);
/* The median of `n` >= 1 positive values, and how sure it is, likewise. */
struct interval bootstrap_median(const double *values, size_t n, uint64_t seed);

#endif
