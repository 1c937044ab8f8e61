/*
 * The items that wait: the queues of all origins, which of these are ready, and
 * for what moment the others wait. Private to the scheduler: sched.c decides
 * who starts and what the end of a flight means, and calls these.
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
	struct sched_options options; /* with their defaults filled in */
	struct directory directory;   /* all origins */
	struct heap ready;    /* origins, by in flight, then longest unserved */
	struct heap timed;    /* origins that wait for a moment */
	struct heap delayed;  /* items that wait for a moment of their own */
	struct list rejected; /* items, until sched_next_rejected */
	size_t rejected_len;  /* items in `rejected` */
	int64_t rejected_us;  /* when the last one was rejected */
	struct sched_item *head; /* the head, while it is queued */
	enum sched_scope scope;  /* which items may start */
	struct rate rate;        /* of the run */
	struct budget retries;   /* of the run */
	unsigned parallel;       /* P now */
	int64_t lowered_us;      /* when `parallel` was lowered last */
	size_t flying;           /* items */
	size_t ahead;            /* items queued at ready origins */
	size_t waiting;          /* items queued or delayed, anywhere */
	size_t ahead_bytes;      /* memory of those ahead */
	size_t waiting_bytes;    /* memory of those that wait */
	int64_t starts;          /* so far */
	struct list unannounced; /* origins with a hold to be announced */
	bool noticed_parked;     /* the user knows that items are parked */
	struct wait_clock clock; /* what the items of ready origins wait for */
};

/* Where an item is. */
enum item_place {
	PLACE_NOWHERE,
	PLACE_QUEUED,
	PLACE_DELAYED,
	PLACE_REJECTED,
	PLACE_FLYING
};

/* Charge the time since the last look to what the origin's items waited for. */
void queue_charge_wait(struct sched *, struct origin *, int64_t now);
/* Something that decides about the origin changed: find out whether it is
 * ready, or when it will be. */
void queue_reschedule(struct sched *, struct origin *, int64_t now);
/* Queue the item at its origin, as its rank says. */
void queue_enter(struct sched *, struct sched_item *, int64_t now);
/* Let the item wait until `due`; then queue_advance queues it. */
void queue_delay(struct sched *, struct sched_item *, int64_t due);
/* Take a queued or delayed item out; it is nowhere. The caller reschedules its
 * origin. */
void queue_leave(struct sched *, struct sched_item *);
/* Queue the items whose moment has come, and reschedule the origins whose
 * moment has. */
void queue_advance(struct sched *, int64_t now);
/* Returns the item that starts next, as far as the scope allows; it stays
 * queued. NULL: no ready origin has one. */
struct sched_item *queue_first(const struct sched *);
/* Returns the item of the origin that starts next; it stays queued. NULL: none
 * is queued. */
struct sched_item *queue_first_of(const struct origin *);
/* Reject all items that wait at the origin. */
void queue_reject_all(
    struct sched *, struct origin *, enum sched_reject_reason, int64_t now);
/* Reject one item, which is in no queue. */
void queue_reject_one(
    struct sched *, struct sched_item *, enum sched_reject_reason, int64_t now);

#endif
