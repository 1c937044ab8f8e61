/*
 * Two collections of durations. All of a run: exact as long as they are few,
 * then counted in buckets. The latest: a ring, for a percentile that is asked
 * for again and again.
 */
#include "config.h"

#include "stats/percentiles.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/*
 * Buckets: below 2^SUB_BITS one for each microsecond; from there on every
 * power of two is divided into 2^(SUB_BITS - 1) of equal width, so a bucket
 * is at most 2^-(SUB_BITS - 1) of its value wide.
 */
enum {
	SUB_BITS = 8,
	HALF = 1 << (SUB_BITS - 1),
	POWERS = 40, /* up to 2^40 us, 12 days */
	BUCKETS = HALF * (POWERS - SUB_BITS + 2)
};

struct percentiles {
	uint32_t *exact; /* microseconds; NULL: there are buckets, or nothing */
	size_t cap;      /* of `exact` */
	bool sorted;     /* `exact` is */
	uint64_t *buckets; /* how many durations are in each; or NULL */
	uint64_t count;    /* durations */
	int64_t min;       /* -1: there are none */
	int64_t max;       /* likewise */
};

struct percentiles *
percentiles_new(void)
{
	struct percentiles *p = xcalloc(1, sizeof(*p));

	p->min = p->max = -1;
	return p;
}

void
percentiles_free(struct percentiles *p)
{
	if (!p)
		return;
	free(p->exact);
	free(p->buckets);
	free(p);
}

/* Returns the bucket that holds `us`; the last one holds all that is longer. */
static size_t
bucket_of(int64_t us)
{
	int shift = 0;

	if (us >= INT64_C(1) << POWERS)
		return BUCKETS - 1;
	while (us >> shift >= 1 << SUB_BITS)
		shift++;
	return (size_t)(shift * HALF) + (size_t)(us >> shift);
}

/* Returns the largest value that the bucket holds. */
static int64_t
top_of_bucket(size_t bucket)
{
	int64_t shift = 0;
	int64_t value = (int64_t)bucket;

	if (bucket >= 1 << SUB_BITS) {
		shift = (int64_t)(bucket / HALF) - 1;
		value = (int64_t)bucket - shift * HALF;
	}
	return ((value + 1) << shift) - 1;
}

/* Count the exact values in buckets from here on: they are too many, or one
 * does not fit into 32 bits (71 minutes). */
static void
turn_into_buckets(struct percentiles *p)
{
	p->buckets = xcalloc(BUCKETS, sizeof(*p->buckets));
	for (size_t i = 0; i < p->count; i++)
		p->buckets[bucket_of(p->exact[i])]++;
	free(p->exact);
	p->exact = NULL;
	p->cap = 0;
}

static void
add_exact(struct percentiles *p, int64_t us)
{
	if (p->count == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 256;
		p->exact = xreallocarray(p->exact, p->cap, sizeof(*p->exact));
	}
	p->exact[p->count] = (uint32_t)us;
	p->sorted = false;
}

void
percentiles_add(struct percentiles *p, int64_t us)
{
	if (us < 0)
		return;
	if (!p->buckets && (p->count == PERCENTILES_EXACT || us > UINT32_MAX))
		turn_into_buckets(p);
	if (p->buckets)
		p->buckets[bucket_of(us)]++;
	else
		add_exact(p, us);
	if (!p->count || us < p->min)
		p->min = us;
	if (us > p->max)
		p->max = us;
	p->count++;
}

uint64_t
percentiles_count(const struct percentiles *p)
{
	return p->count;
}

bool
percentiles_are_exact(const struct percentiles *p)
{
	return !p->buckets;
}

int64_t
percentiles_max(const struct percentiles *p)
{
	return p->max;
}

int64_t
percentiles_min(const struct percentiles *p)
{
	return p->min;
}

static int
compare_exact(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void
sort_exact(struct percentiles *p)
{
	if (!p->sorted && p->count)
		qsort(p->exact, p->count, sizeof(*p->exact), compare_exact);
	p->sorted = true;
}

/* Returns the top of the bucket that holds the value with `rank` (from 1 on),
 * but no more than the largest of all values. */
static int64_t
at_rank(const struct percentiles *p, uint64_t rank)
{
	uint64_t seen = 0;
	size_t i = 0;

	while (i < BUCKETS - 1 && (seen += p->buckets[i]) < rank)
		i++;
	return i == BUCKETS - 1 || top_of_bucket(i) > p->max ? p->max
	                                                     : top_of_bucket(i);
}

/* Returns whether at least one value lies beyond the percentile. */
static bool
has_enough(const struct percentiles *p, double percent)
{
	/* The tolerance is for rounding: 100 - 99.9 is not quite 0.1. */
	return p->count && (100 - percent) / 100 * (double)p->count > 1 - 1e-6;
}

int64_t
percentiles_at(struct percentiles *p, double percent)
{
	uint64_t rank;

	if (!p->count || (percent > 50 && !has_enough(p, percent)))
		return -1;
	rank = (uint64_t)ceil(percent / 100 * (double)p->count - 1e-6);
	if (rank < 1)
		rank = 1;
	if (p->buckets)
		return at_rank(p, rank);
	sort_exact(p);
	return p->exact[rank - 1];
}

/* Count the exact values below `us`, by a binary search. */
static uint64_t
exact_below(struct percentiles *p, int64_t us)
{
	uint64_t low = 0;
	uint64_t high = p->count;

	sort_exact(p);
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (p->exact[middle] < us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint64_t
percentiles_below(struct percentiles *p, int64_t us)
{
	uint64_t seen = 0;

	if (us <= 0)
		return 0;
	if (us > p->max)
		return p->count;
	if (!p->buckets)
		return exact_below(p, us);
	for (size_t i = 0; i < bucket_of(us); i++)
		seen += p->buckets[i];
	return seen;
}

/* --- the latest --------------------------------------------------------- */

void
latencies_add(struct latencies *l, int64_t us)
{
	l->ring[l->count % LATENCIES_KEPT] = us;
	l->count++;
}

static int
compare_latencies(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Returns the smallest of the kept durations that `percentile` percent of them
 * do not exceed. */
static int64_t
nearest_rank(const struct latencies *l, double percentile)
{
	int64_t sorted[LATENCIES_KEPT];
	size_t n = l->count < LATENCIES_KEPT ? l->count : LATENCIES_KEPT;
	size_t rank = (size_t)ceil(percentile / 100 * (double)n);

	memcpy(sorted, l->ring, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_latencies);
	return sorted[rank > 0 ? rank - 1 : 0];
}

int64_t
latencies_percentile(struct latencies *l, double percentile)
{
	if (l->count < LATENCIES_FEWEST)
		return -1;
	if (!l->sorted_at || l->count - l->sorted_at >= LATENCIES_FRESH ||
	    l->percentile != percentile) {
		l->answer = nearest_rank(l, percentile);
		l->sorted_at = l->count;
		l->percentile = percentile;
	}
	return l->answer;
}
