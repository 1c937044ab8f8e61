#include "config.h"

#include "stats/outliers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "stats/stats.h"

enum {
	FEWEST = 3 /* of two nobody knows which one stands out */
};

static const double sigmas = 10;
static const double sigma_of_mad = 1.4826; /* for a normal distribution */
static const double least_share = 0.1;

static double
median_of(const double *values, size_t n)
{
	double *copy = xcalloc(n, sizeof(*copy));
	double median;

	memcpy(copy, values, n * sizeof(*copy));
	median = stats_of(copy, n).median;
	free(copy);
	return median;
}

static double
median_deviation(const double *values, size_t n, double median)
{
	double *away = xcalloc(n, sizeof(*away));
	double deviation;

	for (size_t i = 0; i < n; i++)
		away[i] = fabs(values[i] - median);
	deviation = stats_of(away, n).median;
	free(away);
	return deviation;
}

struct outliers
outliers_of(const double *seconds, size_t n)
{
	struct outliers o = {.median = median_of(seconds, n)};
	double farthest = 0;
	double limit =
	    sigmas * sigma_of_mad * median_deviation(seconds, n, o.median);

	if (n < FEWEST)
		return o;
	if (limit < least_share * o.median)
		limit = least_share * o.median;
	for (size_t i = 0; i < n; i++) {
		double away = fabs(seconds[i] - o.median);

		if (away <= limit)
			continue;
		o.count++;
		o.first = i == 0 && seconds[i] > o.median;
		if (away <= farthest)
			continue;
		farthest = away;
		o.worst = seconds[i];
	}
	o.first = o.first && o.count == 1;
	return o;
}
