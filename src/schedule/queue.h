/*
 * What waits: the queues of all origins, which of them are ready, and for
 * what moment the others wait. The inside of sched.c, shared with landing.c.
 */
#ifndef GATHER_SCHEDULE_QUEUE_H
#define GATHER_SCHEDULE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heap.h"
#include "base/list.h"
#include "schedule/directory.h"
#include "schedule/origin.h"
#include "schedule/sched.h"

struct sched {
	struct sched_options options;
	struct directory directory;
	struct heap ready;   /* origins, by in flight, then longest unserved */
	struct heap timed;   /* origins that wait for a moment */
	struct heap delayed; /* items that wait for a moment of their own */
	struct list rejected;
	size_t rejected_len;
	int64_t rejected_us;     /* when the last one was */
	struct sched_item *head; /* the head, while it is queued */
	enum sched_scope scope;
	struct rate rate;
	struct budget retries;
	unsigned parallel;
	int64_t lowered_us; /* when `parallel` was, last */
	size_t flying;
	size_t ahead;   /* queued at ready origins */
	size_t waiting; /* queued or resting, anywhere */
	size_t ahead_bytes;
	size_t waiting_bytes;
	int64_t starts;          /* counts starts */
	struct list unannounced; /* origins whose hold is to be told */
	bool noticed_parked;
	struct wait_clock clock; /* what ready origins wait for */
};

enum item_place {
	PLACE_NOWHERE,
	PLACE_QUEUED,
	PLACE_DELAYED,
	PLACE_REJECTED,
	PLACE_FLYING
};

/* Bring its account of what is waited for up to `now`. */
void queue_charge_wait(struct sched *, struct origin *, int64_t now);
/* Something of `o` changed: is it ready, or when will it be? */
void queue_reschedule(struct sched *, struct origin *, int64_t now);
/* Let `item`, of `o`, wait at its end of the queue, or until `due`. */
void queue_enter(struct sched *, struct sched_item *, int64_t now);
void queue_delay(struct sched *, struct sched_item *, int64_t due);
/* Take it out of where it waits. */
void queue_leave(struct sched *, struct sched_item *);
/* Items whose moment has come are queued, origins' moments looked at. */
void queue_advance(struct sched *, int64_t now);
/* Who goes next at a ready origin, as far as the scope allows; or NULL. */
struct sched_item *queue_first(const struct sched *);
/* The next one of `o`, still inside; NULL if nothing of it is queued. */
struct sched_item *queue_first_of(const struct origin *);
/* All that waits of `o` is rejected. */
void queue_reject_all(
    struct sched *, struct origin *, enum sched_reject_reason, int64_t now);
void queue_reject_one(
    struct sched *, struct sched_item *, enum sched_reject_reason, int64_t now);

#endif
