/*
 * Three parts: the summary of some values; outliers, found by the median
 * deviation; and the bootstrap, which draws rounds again and again to see how
 * far the ratio of two medians varies.
 */
#include "config.h"

#include "stats/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/xalloc.h"

static int
compare_numbers(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

struct stats
stats_of(double *values, size_t n)
{
	struct stats s = {.n = n};
	double sum = 0;
	double squares = 0;

	qsort(values, n, sizeof(*values), compare_numbers);
	for (size_t i = 0; i < n; i++)
		sum += values[i];
	s.mean = sum / (double)n;
	for (size_t i = 0; i < n; i++)
		squares += (values[i] - s.mean) * (values[i] - s.mean);
	s.stddev = n > 1 ? sqrt(squares / (double)(n - 1)) : 0;
	s.min = values[0];
	s.max = values[n - 1];
	s.median = (values[(n - 1) / 2] + values[n / 2]) / 2;
	return s;
}

/* --- outliers ---------------------------------------------------------- */

enum {
	FEWEST = 3 /* of two nobody knows which one stands out */
};

/* An outlier is more standard deviations than this from the median. */
static const double sigmas = 10;
/* The standard deviation of a normal distribution in median deviations. */
static const double sigma_of_mad = 1.4826;
/* Runs of equal length have almost no deviation; so an outlier must also be
 * this share of the median away from it. */
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

/* Returns the median of the distances from `median`: unlike the standard
 * deviation it is not moved by a few outliers. */
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

/* --- the bootstrap ----------------------------------------------------- */

enum {
	RESAMPLES = 2000,       /* as long as that is fast */
	RESAMPLES_FEWEST = 200, /* however many rounds there are */
	DRAWS = 4000000         /* of all resamples together, if possible */
};

/* The values of one arm in order, and where each stands in that order: the
 * median of a resample is then found by counting, without sorting it. */
struct ranked {
	double *sorted; /* the values */
	size_t *rank;   /* the position in `sorted` of the value of round i */
	size_t *counts; /* scratch: how often each of `sorted` was drawn */
	size_t n;       /* rounds */
};

/* A value and the round that it comes from. */
struct value {
	double value;
	size_t round;
};

static int
compare_values(const void *a, const void *b)
{
	double x = ((const struct value *)a)->value;
	double y = ((const struct value *)b)->value;

	return (x > y) - (x < y);
}

static void
ranked_init(struct ranked *r, const double *values, size_t n)
{
	struct value *by_value = xcalloc(n, sizeof(*by_value));

	r->n = n;
	r->sorted = xcalloc(n, sizeof(*r->sorted));
	r->rank = xcalloc(n, sizeof(*r->rank));
	r->counts = xcalloc(n, sizeof(*r->counts));
	for (size_t i = 0; i < n; i++)
		by_value[i] = (struct value){values[i], i};
	qsort(by_value, n, sizeof(*by_value), compare_values);
	for (size_t i = 0; i < n; i++) {
		r->sorted[i] = by_value[i].value;
		r->rank[by_value[i].round] = i;
	}
	free(by_value);
}

static void
ranked_release(struct ranked *r)
{
	free(r->sorted);
	free(r->rank);
	free(r->counts);
}

static double
median_of_sorted(const struct ranked *r)
{
	return (r->sorted[(r->n - 1) / 2] + r->sorted[r->n / 2]) / 2;
}

/* Returns the median of the values that were drawn, and forgets the draw. */
static double
median_of_drawn(struct ranked *r)
{
	size_t lower = (r->n - 1) / 2;
	size_t upper = r->n / 2;
	double sum = 0;
	size_t seen = 0;

	for (size_t i = 0; i < r->n; i++) {
		size_t until = seen + r->counts[i];

		if (seen <= lower && lower < until)
			sum += r->sorted[i];
		if (seen <= upper && upper < until)
			sum += r->sorted[i];
		seen = until;
		r->counts[i] = 0;
	}
	return sum / 2;
}

/* Draw as many rounds as there are, with replacement and for both arms alike,
 * and return the ratio of the medians. */
static double
resample(struct ranked *a, struct ranked *b, uint64_t *seed)
{
	for (size_t i = 0; i < a->n; i++) {
		size_t round = (size_t)random_below(seed, a->n);

		a->counts[a->rank[round]]++;
		b->counts[b->rank[round]]++;
	}
	return median_of_drawn(a) / median_of_drawn(b);
}

static size_t
resamples_for(size_t n)
{
	size_t most = DRAWS / n;

	if (most > RESAMPLES)
		return RESAMPLES;
	return most > RESAMPLES_FEWEST ? most : RESAMPLES_FEWEST;
}

/* Set the interval to the middle 95 % of the ratios that resampling gives. */
static void
percentile_interval(
    struct ranked *a, struct ranked *b, uint64_t seed, struct interval *out)
{
	size_t count = resamples_for(a->n);
	size_t tail = count / 40;
	double *ratios = xcalloc(count, sizeof(*ratios));

	for (size_t i = 0; i < count; i++)
		ratios[i] = resample(a, b, &seed);
	qsort(ratios, count, sizeof(*ratios), compare_numbers);
	out->low = ratios[tail];
	out->high = ratios[count - 1 - tail];
	free(ratios);
}

struct interval
bootstrap_ratio(const double *a, const double *b, size_t n, uint64_t seed)
{
	struct interval result = {.low = NAN, .high = NAN};
	struct ranked first, second;

	ranked_init(&first, a, n);
	ranked_init(&second, b, n);
	result.value = median_of_sorted(&first) / median_of_sorted(&second);
	if (n >= BOOTSTRAP_FEWEST)
		percentile_interval(&first, &second, seed, &result);
	ranked_release(&first);
	ranked_release(&second);
	return result;
}

/* The ratio to a series of ones, whose median is always one. */
struct interval
bootstrap_median(const double *values, size_t n, uint64_t seed)
{
	double *ones = xcalloc(n, sizeof(*ones));
	struct interval result;

	for (size_t i = 0; i < n; i++)
		ones[i] = 1;
	result = bootstrap_ratio(values, ones, n, seed);
	free(ones);
	return result;
}
