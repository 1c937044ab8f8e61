/*
 * Tokens of a rate that is shared with others: somebody who knows all of them,
 * the pool's source, grants some to this process for a while. Pure; times are
 * microseconds of the scheduler's clock.
 *
 * What is granted at a time is a lease. Each of its tokens that is taken must
 * be on the wire before the lease ends, so that the source can tell when a
 * token is free again of which it never hears; one that is not has lapsed. The
 * source is told which tokens were not used, and when the others were:
 *
 *	who starts     rate_pool_when, _take, _swap -> _give, _give_unused
 *	the scheduler  rate_pool_demand
 *	the source     rate_pool_want, _report -> rate_pool_grant
 *
 * A start whose token lapsed while it connected takes another one when it is
 * ready to be sent (rate_pool_swap). For such starts tokens are kept back, or a
 * server that takes longer to connect than a lease lasts would never be
 * reached.
 */
#ifndef GATHER_SCHEDULE_RATE_POOL_H
#define GATHER_SCHEDULE_RATE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

enum {
	RATE_LEASE_NAME = 64 /* bytes of a lease's name, its NUL included */
};

/* A moment that never comes. */
#define RATE_NEVER INT64_MAX

/* Some tokens of a lease were used, the last of them at `at_us`. */
struct rate_use {
	int64_t at_us;
	uint64_t count;
};

struct rate_lease {
	struct list link; /* in the pool */
	char name[RATE_LEASE_NAME];
	int64_t ends_us;
	uint64_t left;         /* not taken */
	uint64_t out;          /* taken, and neither used nor given back */
	uint64_t unused;       /* to be reported as unused */
	struct rate_use *uses; /* to be reported, in the order of time; owned */
	size_t uses_len;
	bool has_ended;
};

struct rate_pool {
	int64_t period_us;     /* P of the rate */
	struct list leases;    /* that last, the first to end in front; owned */
	struct list ended;     /* others of which something is out or to be
	                        * reported; owned */
	uint64_t left;         /* tokens of `leases` that are not taken */
	uint64_t lapsed;       /* tokens of `ended` that are out */
	uint64_t waiting;      /* starts that wait for nothing but a token */
	uint64_t room;         /* how many of these may fly at once */
	uint64_t taken;        /* tokens since the last report */
	uint64_t taken_before; /* tokens between the last two reports */
	bool stirred; /* on_stir was called, and nothing was reported since */
	bool closed;
	void *taker; /* the scheduler's */
	/* The source is to look at rate_pool_want and rate_pool_report soon.
	 * Called from inside the scheduler, which it may not call. */
	void (*on_stir)(void *arg, struct rate_pool *);
	/* No token is taken any more: nobody but the source has the pool now.
	 * Likewise. */
	void (*on_close)(void *arg, struct rate_pool *);
	void *arg;
};

/* Initialise a pool without tokens. The caller sets the hooks, which may be
 * NULL. */
void rate_pool_init(struct rate_pool *, int64_t period_us);
void rate_pool_release(struct rate_pool *);

/* --- who starts */

/* Returns `now` if a token may be taken; else RATE_NEVER: not before there is a
 * grant. */
int64_t rate_pool_when(struct rate_pool *, int64_t now);
/* Take a token, of which rate_pool_when said that there is one. Returns its
 * lease, which is the pool's, and stays until the token is given back. */
struct rate_lease *rate_pool_take(struct rate_pool *, int64_t now);
/* Returns the moment before which the tokens of a lease must be used. */
int64_t rate_lease_ends(const struct rate_lease *);
/* Give a token that has lapsed back, and take another one. Returns its lease;
 * if there is none, that of the old token, which was not given back. */
struct rate_lease *rate_pool_swap(
    struct rate_pool *, struct rate_lease *lapsed, int64_t now);
/* A token of the lease was used at `at`: the request went on the wire. That may
 * be told after the lease has ended. */
void rate_pool_give(struct rate_pool *, struct rate_lease *, int64_t at);
/* A token of the lease was not used. */
void rate_pool_give_unused(struct rate_pool *, struct rate_lease *);
/* Nobody takes tokens any more, nor has any. */
void rate_pool_close(struct rate_pool *);

/* --- the scheduler */

/* `waiting` starts wait for tokens of this pool and nothing else, and `room` of
 * them could fly at once. Calls on_stir if tokens are lacking. */
void rate_pool_demand(
    struct rate_pool *, uint64_t waiting, uint64_t room, int64_t now);

/* --- the source */

/* What there is to say of a lease. Borrowed for the call. */
struct rate_report {
	const char *lease; /* its name */
	uint64_t unused;   /* tokens that were not used */
	const struct rate_use *uses;
	size_t uses_len;
};

/* Returns how many tokens to ask for: as many as were used between the last
 * reports, and some for those who wait. */
uint64_t rate_pool_want(struct rate_pool *, int64_t now);
/* Returns whether there is anything to report or to ask for. If not, on_stir is
 * called when there is. */
bool rate_pool_is_busy(struct rate_pool *, int64_t now);
/*
 * Tell what there is to say of each lease, at most `most` of them; what more
 * tokens there are than are wanted goes back unused. It counts as told from
 * here on, whatever comes of it: the source must not hear of a token twice, and
 * finds out by itself when one is free of which it does not hear. Nothing is
 * told of a lease that ended more than a period ago, as its tokens are free
 * anyway.
 */
void rate_pool_report(struct rate_pool *, size_t most,
    void (*tell)(void *arg, const struct rate_report *), void *arg,
    int64_t now);

struct rate_grant {
	const char *lease; /* a name that the source never gave before; copied,
	                    * and cut where it is too long */
	uint64_t count;    /* tokens */
	int64_t ends_us;
};
/* There are more tokens; the caller tells the scheduler (sched_granted). */
void rate_pool_grant(struct rate_pool *, const struct rate_grant *);

#endif
