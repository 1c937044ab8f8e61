#include "config.h"

#include "stats/bootstrap.h"

#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "base/xalloc.h"

enum {
	RESAMPLES = 2000,
	RESAMPLES_FEWEST = 200,
	DRAWS = 4000000 /* at most, all resamples together */
};

/* Values in order, and where each stands in that order: the median of a
 * resample is then found by counting, without sorting it. */
struct ranked {
	double *sorted;
	size_t *rank;   /* of the value of round i */
	size_t *counts; /* scratch: how often each was drawn */
	size_t n;
};

struct place {
	double value;
	size_t round;
};

static int
compare_places(const void *a, const void *b)
{
	double x = ((const struct place *)a)->value;
	double y = ((const struct place *)b)->value;

	return (x > y) - (x < y);
}

static int
compare_numbers(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
ranked_init(struct ranked *r, const double *values, size_t n)
{
	struct place *places = xcalloc(n, sizeof(*places));

	r->n = n;
	r->sorted = xcalloc(n, sizeof(*r->sorted));
	r->rank = xcalloc(n, sizeof(*r->rank));
	r->counts = xcalloc(n, sizeof(*r->counts));
	for (size_t i = 0; i < n; i++)
		places[i] = (struct place){values[i], i};
	qsort(places, n, sizeof(*places), compare_places);
	for (size_t i = 0; i < n; i++) {
		r->sorted[i] = places[i].value;
		r->rank[places[i].round] = i;
	}
	free(places);
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

/* The median of what was drawn; forgets the draw. */
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

/* The middle 95 % of what resampling gives. */
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
	result.ratio = median_of_sorted(&first) / median_of_sorted(&second);
	if (n >= BOOTSTRAP_FEWEST)
		percentile_interval(&first, &second, seed, &result);
	ranked_release(&first);
	ranked_release(&second);
	return result;
}
