/*
 * Percentiles of durations in microseconds, in bounded memory: of all there
 * were, or of the latest. Pure.
 */
#ifndef GATHER_STATS_PERCENTILES_H
#define GATHER_STATS_PERCENTILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PERCENTILES_EXACT = 1000000 /* durations */
};

/*
 * All durations: exact up to PERCENTILES_EXACT of them (4 MB), beyond that
 * from buckets as in HdrHistogram (30 KB), whose width is under 0.8 % of their
 * value.
 */
struct percentiles;

/* Make a collection without durations. */
struct percentiles *percentiles_new(void);
void percentiles_free(struct percentiles *);
/* Add a duration; one below 0 is not counted. */
void percentiles_add(struct percentiles *, int64_t us);
/* Returns the number of durations. */
uint64_t percentiles_count(const struct percentiles *);
/* Returns whether percentiles are exact, and not the bounds of buckets. */
bool percentiles_are_exact(const struct percentiles *);
/*
 * The nearest rank: the smallest duration that `percent` (0 to 100) of all do
 * not exceed. -1 without durations, and where the percentile would be no more
 * than the maximum under another name: p99 needs 100 of them, p99.9 1,000.
 */
int64_t percentiles_at(struct percentiles *, double percent);
/* The longest and the shortest duration; -1 without any. */
int64_t percentiles_max(const struct percentiles *);
int64_t percentiles_min(const struct percentiles *);
/* How many durations are below `us`, to the width of a bucket. */
uint64_t percentiles_below(struct percentiles *, int64_t us);

enum {
	LATENCIES_KEPT = 1024, /* the latest durations */
	LATENCIES_FRESH = 64,  /* new ones that make a percentile stale */
	LATENCIES_FEWEST = 20  /* with fewer nobody knows what is usual */
};

/* The latest LATENCIES_KEPT durations. Zero initialises it; it owns nothing. */
struct latencies {
	int64_t ring[LATENCIES_KEPT]; /* microseconds */
	size_t count;                 /* durations so far */
	size_t sorted_at;  /* count when `answer` was computed; 0: never */
	double percentile; /* that `answer` is for */
	int64_t answer;    /* microseconds */
};

/* Add a duration; it takes the place of the oldest. */
void latencies_add(struct latencies *, int64_t us);
/*
 * The nearest rank among the latest durations; `percentile` is 0 to 100. It is
 * computed again after every LATENCIES_FRESH of them. -1: there were fewer
 * than LATENCIES_FEWEST.
 */
int64_t latencies_percentile(struct latencies *, double percentile);

#endif
