/*
 * The rates that bind all workers of a queue: what the script `tokens`
 * (queue/scripts.h) is asked for the pools of the scheduler, and what its
 * answers grant. It knows no clock and no network: times are those of the
 * scheduler's clock, in microseconds, and others call the script.
 *
 * Each rate has a pool (schedule/rate_pool.h), that of the run and those of
 * origins, and at most one call of each is under way. The first call asks for
 * the time only. From then on each answer shows whether the clock of the server
 * was set: if it was, tokens may be free too early, so nothing of what is
 * granted is taken, and the server is told to grant nothing until all must be
 * over. Somebody who has seen the clock before must be there for that.
 *
 * Rates of clocks may differ by a hundredth: tokens are asked for a period that
 * is longer by a fiftieth, leases end a hundredth early, and ages are told a
 * hundredth too low.
 */
#ifndef GATHER_QUEUE_TOKENS_H
#define GATHER_QUEUE_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "resp/args.h"
#include "resp/reply.h"
#include "schedule/sched.h"

struct tokens;
struct tokens_rate;

struct tokens_setup {
	const char *worker; /* its name, which nobody else has; copied */
	/* A rate has something to ask or to tell: tokens_due is earlier than it
	 * was. Called from inside the scheduler. */
	void (*stir)(void *arg);
	void *arg;
};

struct tokens *tokens_new(const struct tokens_setup *);
/* The scheduler must be gone. NULL is fine. */
void tokens_free(struct tokens *);
/* Where a scheduler is to take its tokens from; one at a time. */
const struct rate_source *tokens_source(const struct tokens *);

/* So many workers ask: the more there are, the less often each does. 1 unless
 * it is said. */
void tokens_set_workers(struct tokens *, uint64_t workers);
/* There is a connection, to the server with this run_id: call the script from
 * now on. */
void tokens_connect(struct tokens *, const char *run_id);
/* The connection is lost, and all calls with it: tokens_answer is not called
 * for them any more. */
void tokens_disconnect(struct tokens *);

/* Nothing starts any more: all that is left is given back by the next calls,
 * which are due at once. */
void tokens_leave(struct tokens *);

/* Returns when to call tokens_next; INT64_MAX: not before tokens_answer,
 * tokens_connect or stir. */
int64_t tokens_due(const struct tokens *);

/* Take the next call that is due, and add what stands behind its keys to
 * `args`. It is to be sent at once, and never twice: the leases of its answer
 * count from `now`. Returns its rate, for tokens_answer; NULL: there is no call
 * at `now`. */
struct tokens_rate *tokens_next(
    struct tokens *, int64_t now, struct queue_args *args);
/* The script has answered the call for this rate. `reply` is NULL if it has
 * not, or refused: then it is asked again later. */
void tokens_answer(struct tokens *, struct tokens_rate *,
    const struct queue_reply *reply, int64_t now);

#endif
