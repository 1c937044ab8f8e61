/*
 * An origin, and everything that decides when one more of its requests may
 * start: the bars (window, hold, breaker, rate, gate), of which the latest
 * counts. Its queues belong to the scheduler (queue.c).
 */
#ifndef GATHER_SCHEDULE_ORIGIN_H
#define GATHER_SCHEDULE_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heap.h"
#include "base/list.h"
#include "schedule/breaker.h"
#include "schedule/hold.h"
#include "schedule/rate.h"
#include "schedule/sched.h"
#include "schedule/window.h"

/*
 * An account of what is waited for: a clock for each reason, of which one runs
 * at a time. A waiting item takes the readings of all of them when it begins to
 * wait and when it ends; the differences add up to its wait exactly.
 */
struct wait_clock {
	struct waits waits;      /* the readings */
	int64_t at_us;           /* when they were last brought up to date */
	enum wait_reason reason; /* whose clock runs */
};

/* Charge the time up to `now` to the clock that runs. */
static inline void
wait_clock_advance(struct wait_clock *c, int64_t now)
{
	if (now <= c->at_us)
		return;
	c->waits.us[c->reason] += now - c->at_us;
	c->at_us = now;
}

/* Returns by how much the readings `now` exceed `then`, reason by reason. */
static inline struct waits
waits_since(const struct waits *now, const struct waits *then)
{
	struct waits w;

	for (int i = 0; i < WAIT_REASONS; i++)
		w.us[i] = now->us[i] - then->us[i];
	return w;
}

/* Add `more` to `sum`, reason by reason. */
static inline void
waits_add(struct waits *sum, const struct waits *more)
{
	for (int i = 0; i < WAIT_REASONS; i++)
		sum->us[i] += more->us[i];
}

struct origin {
	const char *name;        /* borrowed from the directory */
	struct list link;        /* in the directory: busy or idle */
	struct list unannounced; /* in the scheduler, while its hold waits to
	                          * be announced */
	size_t inside;       /* items, flying ones too; 0: it may be evicted */
	struct list again;   /* items that may start before `fresh` ones */
	struct list fresh;   /* items */
	struct list delayed; /* items that wait for a moment of their own */
	size_t queued;       /* in `again` and `fresh` */
	size_t queued_bytes; /* memory of these */
	size_t waiting;      /* in `again`, `fresh` and `delayed` */
	int64_t last_start;  /* the number, in the run, of its last start */
	struct heap_node node; /* among the ready ones, or those with a time */
	bool ready;            /* it is among the ready ones */
	bool gated;            /* https with HTTP/2 allowed */
	bool warm;             /* connected: the gate is open */
	unsigned flying;
	unsigned unwired;  /* flying, not yet on the wire */
	int64_t lead_us;   /* the last start while cold */
	int64_t landed_us; /* when a flight ended last */
	struct rate rate;  /* of --per-host-rate */
	struct hold hold;
	struct breaker breaker;
	struct window window;
	struct ration ration;
	struct budget retries;
	bool budget_announced; /* the user knows that its budget is used up */
	/* What its queued items wait for: while it is ready, whatever the run
	 * waits for, else its own latest bar. */
	struct wait_clock clock;
	struct waits seen; /* the run's readings when `clock` was updated */
};

/* Make an origin; `name` is borrowed for as long as it lives. */
struct origin *origin_new(const char *name, const struct sched_options *);
void origin_free(struct origin *);
/* Reset everything but what was promised to the server: tokens and holds. */
void origin_renew(struct origin *, const struct sched_options *);

/* Returns the moment from which one more may start, whatever the rest of the
 * run does: <= now: at once; INT64_MAX: not before one of its flights ends or
 * goes on the wire. */
int64_t origin_when(struct origin *, const struct sched_options *, int64_t now);
/* Returns what that moment is waited for, if it is in the future. */
enum wait_reason origin_reason(
    struct origin *, const struct sched_options *, int64_t now);

/* Tell the pool of its rate, which it must have, how many items lack but a
 * token. */
void origin_demand(struct origin *, const struct sched_options *, int64_t now);

/* Update the origin's counts when one of its requests starts. */
void origin_start(struct origin *, int64_t now);
/* Update them when its request is on the wire: connected, so the gate opens. */
void origin_on_wire(struct origin *);
enum origin_wire {
	ORIGIN_WIRED,   /* the request was on the wire */
	ORIGIN_UNWIRED, /* it never got there */
};
/* Update the origin's counts when a flight ends. */
void origin_land(struct origin *, enum origin_wire, int64_t now);
/* Its connections are gone: close the gate again. */
void origin_cool(struct origin *);

#endif
