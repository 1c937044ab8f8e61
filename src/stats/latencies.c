#include "config.h"

#include "stats/latencies.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void
latencies_add(struct latencies *l, int64_t us)
{
	l->ring[l->count % LATENCIES_KEPT] = us;
	l->count++;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The nearest rank: the smallest value that so many do not exceed. */
static int64_t
nearest_rank(const struct latencies *l, double percentile)
{
	int64_t sorted[LATENCIES_KEPT];
	size_t n = l->count < LATENCIES_KEPT ? l->count : LATENCIES_KEPT;
	size_t rank = (size_t)ceil(percentile / 100 * (double)n);

	memcpy(sorted, l->ring, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare);
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
