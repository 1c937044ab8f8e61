/*
 * A rate limit as a sliding window: never more than N starts in ANY window of
 * P, and no slower than that. Pure; times are microseconds of one steady clock.
 * (A full token bucket would allow up to 2 N in one window.)
 *
 * There are N tokens. A request that starts takes one. The token is free again
 * P after the moment at which the request was seen on the wire, not after its
 * admission, since the server counts what it sees. Memory grows with the tokens
 * in use, up to about 65,536 entries for regular traffic however large N is.
 *
 * A rate that several processes share has no tokens of its own, but takes them
 * from a pool (rate_pool.h), which is granted some for a while. One of these
 * that is taken must be on the wire before a moment, after which it has lapsed.
 */
#ifndef GATHER_SCHEDULE_RATE_H
#define GATHER_SCHEDULE_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heap.h"
#include "schedule/rate_pool.h"

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
	    last_count; /* tokens in the last batch, which grows in place */
	uint64_t spent; /* tokens in all batches, the last one included */
	uint64_t taken; /* tokens of starts that are not on the wire yet */
	struct rate_pool *pool; /* where tokens come from; NULL: from here */
	int64_t next_us;        /* even: the next start */
	uint64_t carry;         /* even: what next_us lacks, in 1/N of a us */
};

/* A token that was taken, until it is given back. */
struct rate_ticket {
	struct rate_lease *lease; /* of the pool that it came from; NULL: it is
	                           * the rate's own, or there is no limit */
};

/* Initialise a rate of which no token is in use. */
void rate_init(struct rate *);
/* Take tokens from `pool`, which rate_release closes, from here on. */
void rate_share(struct rate *, struct rate_pool *pool);
void rate_release(struct rate *);
/* Returns when a token is free: <= now: one is; RATE_NEVER: all are taken by
 * starts that are not on the wire yet, or the pool has none before it is
 * granted some. */
int64_t rate_when(struct rate *, const struct rate_limit *, int64_t now);
/* Take a token, of which rate_when said that it is free. */
struct rate_ticket rate_take(
    struct rate *, const struct rate_limit *, int64_t now);
/* Returns the moment before which the request must be on the wire; RATE_NEVER:
 * there is no such moment. */
int64_t rate_wire_by(struct rate_ticket);
/* Returns true if the request may go on the wire at `now`. If its token has
 * lapsed, it is given back for another, unless there is none. */
bool rate_renew(struct rate *, struct rate_ticket *, int64_t now);
/* The request of a start that took a token went on the wire at `wire_us`: its
 * token is free one period after that. */
void rate_give(struct rate *, const struct rate_limit *, struct rate_ticket,
    int64_t wire_us);
/* The request of a start that took a token at `taken_us` never got on the wire:
 * its token is free one period after it was taken, or goes back to the pool. */
void rate_give_unused(struct rate *, const struct rate_limit *,
    struct rate_ticket, int64_t taken_us);
/* Returns how many tokens are not free at `now`, without those that are taken,
 * and in *until when all of them are. */
uint64_t rate_bound(struct rate *, int64_t now, int64_t *until);
/* `count` tokens, used before this rate was made, are free at `at`. */
void rate_restore(struct rate *, uint64_t count, int64_t at);

#endif
