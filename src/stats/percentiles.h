/*
 * Percentiles of durations: exact up to a million of them, beyond that from
 * buckets as in HdrHistogram, whose width is under 0.8 % of their value. So
 * memory is bounded: 4 MB, later 30 KB. Pure.
 */
#ifndef GATHER_STATS_PERCENTILES_H
#define GATHER_STATS_PERCENTILES_H

#include <stdbool.h>
#include <stdint.h>

enum {
	PERCENTILES_EXACT = 1000000
};

struct percentiles;

struct percentiles *percentiles_new(void);
void percentiles_free(struct percentiles *);
/* Microseconds; below 0: not counted. */
void percentiles_add(struct percentiles *, int64_t us);
uint64_t percentiles_count(const struct percentiles *);
bool percentiles_are_exact(const struct percentiles *);
/*
 * The nearest rank: the smallest value that `percent` (0 to 100) of all do
 * not exceed. -1 without values, and where the percentile would be no more
 * than the largest value under another name: p99 wants 100 values, p99.9
 * 1,000.
 */
int64_t percentiles_at(struct percentiles *, double percent);
/* The largest; -1 without values. */
int64_t percentiles_max(const struct percentiles *);
int64_t percentiles_min(const struct percentiles *);
/* How many are below `us` (to the width of a bucket). */
uint64_t percentiles_below(struct percentiles *, int64_t us);

#endif
