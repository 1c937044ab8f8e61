/*
 * A rate limit as a sliding window: never more than N starts in ANY window of
 * P, and no slower than that. Pure; times are microseconds of one steady clock.
 * (A full token bucket would allow up to 2 N in one window.)
 *
 * There are N tokens. A request that starts takes one. The token is free again
 * P after the moment at which the request was seen on the wire, not after its
 * admission, since the server counts what it sees. Memory grows with the tokens
 * in use, up to about 65,536 entries for regular traffic however large N is.
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
	bool even;         /* space the starts evenly within the window, too */
};

/* Tokens that become free at the same moment. */
struct rate_batch {
	struct heap_node free; /* `at` is the moment */
	uint64_t count;        /* tokens */
};

struct rate {
	struct heap batches; /* owned; all but the last batch */
	int64_t last_us;     /* when the tokens of the last batch are free */
	uint64_t
	    last_count;  /* tokens in the last batch, which grows in place */
	uint64_t spent;  /* tokens in all batches, the last one included */
	uint64_t taken;  /* tokens of starts that are not on the wire yet */
	int64_t next_us; /* even: the next start */
	uint64_t carry;  /* even: what next_us lacks, in 1/N of a us */
};

/* A moment that never comes. */
#define RATE_NEVER INT64_MAX

/* Initialise a rate of which no token is in use. */
void rate_init(struct rate *);
void rate_release(struct rate *);
/* Returns when a token is free: <= now: one is; RATE_NEVER: all are taken by
 * starts that are not on the wire yet. */
int64_t rate_when(struct rate *, const struct rate_limit *, int64_t now);
/* Take a token, of which rate_when said that it is free. */
void rate_take(struct rate *, const struct rate_limit *, int64_t now);
/*
 * Give a token back that was taken. It is free one period after `start_us`,
 * which is when its request went on the wire, or when it was admitted if it
 * never got there.
 */
void rate_give(struct rate *, const struct rate_limit *, int64_t start_us);
/* Returns how many tokens are not free at `now`, without those that are taken,
 * and in *until when all of them are. */
uint64_t rate_bound(struct rate *, int64_t now, int64_t *until);
/* `count` tokens, used before this rate was made, are free at `at`. */
void rate_restore(struct rate *, uint64_t count, int64_t at);

#endif
