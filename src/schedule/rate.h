/*
 * A sliding window: never more than N starts in ANY window of P, and no
 * slower than that. Pure; times are microseconds of one steady clock.
 *
 * There are N tokens. Who starts takes one; it comes back free P after the
 * moment at which the request was seen on the wire, not after its admission:
 * what counts is what the server sees. Memory grows with the tokens in use,
 * up to about 65,536 entries for regular traffic however large N is.
 */
#ifndef GATHER_SCHEDULE_RATE_H
#define GATHER_SCHEDULE_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heap.h"

/* N starts in any window of period_us; count 0: no limit. */
struct rate_limit {
	uint64_t count;
	int64_t period_us; /* 1 or more */
	bool even;         /* space the starts evenly, too */
};

/* Tokens that become free at the same moment. */
struct rate_batch {
	struct heap_node free; /* `at` is the moment */
	uint64_t count;
};

struct rate {
	struct heap batches; /* owned; all but the last batch */
	int64_t last_us;     /* the last batch: when its tokens are free, */
	uint64_t last_count; /* and how many these are; it grows in place */
	uint64_t spent;      /* tokens in all batches */
	uint64_t taken;      /* tokens with those who start */
	int64_t next_us;     /* even: the next start */
	uint64_t carry;      /* even: the part below a microsecond, in 1/N */
};

/* The moment that never comes. */
#define RATE_NEVER INT64_MAX

void rate_init(struct rate *);
void rate_release(struct rate *);
/* When a token is free: <= now: one is; RATE_NEVER: all are taken by starts
 * whose time on the wire isn't known yet. */
int64_t rate_when(struct rate *, const struct rate_limit *, int64_t now);
/* Take one; rate_when said that it is free. */
void rate_take(struct rate *, const struct rate_limit *, int64_t now);
/*
 * Give one back that was taken: free one period after `start_us`, its time
 * on the wire, or its admission if it never got there.
 */
void rate_give(struct rate *, const struct rate_limit *, int64_t start_us);
/* How many are not free at `now`, taken ones aside, and when they all are. */
uint64_t rate_bound(struct rate *, int64_t now, int64_t *until);
/* `count` tokens, taken in an earlier life, are free at `at`. */
void rate_restore(struct rate *, uint64_t count, int64_t at);

#endif
