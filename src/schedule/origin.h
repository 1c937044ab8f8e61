/*
 * An origin, and everything that decides when one more of its requests may
 * start. Its queues are the scheduler's (sched.c); here is the rest: the gate
 * of a cold origin, and the bars, of which the latest counts.
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

struct origin {
	const char *name;        /* the directory's */
	struct list link;        /* the directory's */
	struct list unannounced; /* notice.c's */
	size_t inside;     /* items, flying ones too; 0: it may be forgotten */
	struct list again; /* items that may start before `fresh` ones */
	struct list fresh; /* items */
	struct list delayed; /* items that wait for a moment of their own */
	size_t queued;       /* in `again` and `fresh` */
	size_t queued_bytes;
	size_t waiting;        /* queued or resting */
	int64_t last_start;    /* turn of its last start */
	struct heap_node node; /* among the ready ones, or those with a time */
	bool ready;            /* it is among the ready ones */
	bool gated;            /* https with HTTP/2 allowed */
	bool warm;             /* connected: the gate is open */
	unsigned flying;
	unsigned unwired;  /* flying, not yet on the wire */
	int64_t lead_us;   /* the last start while cold */
	int64_t landed_us; /* the last landing */
	struct rate rate;
	struct hold hold;
	struct breaker breaker;
	struct window window;
	struct ration ration;
	struct budget retries;
	bool budget_announced; /* that it has no room */
	/* What is queued here waits for: its own bars, or, while it is ready,
	 * whatever the run waits for. */
	struct wait_clock clock;
	struct waits seen; /* the run's clocks, when this was looked at */
};

struct origin *origin_new(const char *name, const struct sched_options *);
void origin_free(struct origin *);
/* Everything but what was promised to the server begins anew. */
void origin_renew(struct origin *, const struct sched_options *);

/* From when on one more may start, whatever the rest of the run does; <= now:
 * at once; INT64_MAX: not before something of it lands or goes on the wire. */
int64_t origin_when(struct origin *, const struct sched_options *, int64_t now);
/* What that time is for, as far as origin_when is in the future. */
enum wait_reason origin_reason(
    struct origin *, const struct sched_options *, int64_t now);
/* What it has to say to a start, a request on the wire, a landing. */
void origin_start(struct origin *, int64_t now);
void origin_on_wire(struct origin *);
enum origin_wire {
	ORIGIN_WIRED,   /* the request was on the wire */
	ORIGIN_UNWIRED, /* it never got there */
};
void origin_land(struct origin *, enum origin_wire, int64_t now);
/* Its connections are gone. */
void origin_cool(struct origin *);

#endif
