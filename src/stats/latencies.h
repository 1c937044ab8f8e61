/*
 * How long requests took lately: the last LATENCIES_KEPT, and their
 * percentiles, computed anew every LATENCIES_FRESH values. Pure.
 */
#ifndef GATHER_STATS_LATENCIES_H
#define GATHER_STATS_LATENCIES_H

#include <stddef.h>
#include <stdint.h>

enum {
	LATENCIES_KEPT = 1024,
	LATENCIES_FRESH = 64,
	LATENCIES_FEWEST = 20 /* before that nothing is usual */
};

struct latencies {
	int64_t ring[LATENCIES_KEPT];
	size_t count;      /* values so far */
	size_t sorted_at;  /* count when `answer` was computed; 0: never */
	double percentile; /* that `answer` is for */
	int64_t answer;
};

void latencies_add(struct latencies *, int64_t us);
/* `percentile` is 0 to 100. -1: there are too few values. */
int64_t latencies_percentile(struct latencies *, double percentile);

#endif
