/*
 * Queues of items, at each origin two: what goes again, and what is fresh.
 * Origins with queued items stand in one of two heaps, ready or timed, and
 * counts of what is ahead and what is parked follow them. From top to bottom:
 * ready or not; the clock of waits; counts; items in and out; who is next;
 * rejection.
 */
#include "config.h"

#include "schedule/queue.h"

#include <assert.h>

/*
 * A ready origin's key in the heap orders by two things at once: above, how
 * many of its requests fly; below, in so many bits, the number of its last
 * start. So the least busy origin is on top, and of several the one that was
 * served longest ago.
 */
enum {
	START_BITS = 40
};

static struct origin *
origin_of_node(struct heap_node *n)
{
	return container_of(n, struct origin, node);
}

static struct sched_item *
item_of_link(struct list *l)
{
	return container_of(l, struct sched_item, link);
}

static struct sched_item *
item_of_due(struct heap_node *n)
{
	return container_of(n, struct sched_item, due);
}

/* Count the items of `o` as ahead, or no longer. */
static void
set_ready(struct sched *s, struct origin *o, bool ready)
{
	if (o->ready == ready)
		return;
	o->ready = ready;
	if (ready) {
		s->ahead += o->queued;
		s->ahead_bytes += o->queued_bytes;
	} else {
		s->ahead -= o->queued;
		s->ahead_bytes -= o->queued_bytes;
	}
}

static void
leave_heap(struct sched *s, struct origin *o)
{
	heap_remove(o->ready ? &s->ready : &s->timed, &o->node);
}

/* Put `o` into the heap of the ready ones with key `at`, or into that of those
 * that wait for the moment `at`. Mostly nothing changes, and then the heap is
 * not touched. */
static void
set_heap(struct sched *s, struct origin *o, bool ready, int64_t at)
{
	if (heap_holds(&o->node) && o->ready == ready && o->node.at == at)
		return;
	leave_heap(s, o);
	set_ready(s, o, ready);
	heap_push(ready ? &s->ready : &s->timed, &o->node, at);
}

/* While an origin is ready its own clock stands still, and what the run waited
 * for is added to it. */
void
queue_charge_wait(struct sched *s, struct origin *o, int64_t now)
{
	struct waits run;

	wait_clock_advance(&s->clock, now);
	run = waits_since(&s->clock.waits, &o->seen);
	if (o->ready) {
		waits_add(&o->clock.waits, &run);
		o->clock.at_us = now;
	} else {
		wait_clock_advance(&o->clock, now);
	}
	o->seen = s->clock.waits;
}

void
queue_reschedule(struct sched *s, struct origin *o, int64_t now)
{
	int64_t at = o->queued ? origin_when(o, &s->options, now) : INT64_MAX;

	queue_charge_wait(s, o, now);
	if (o->rate.pool)
		origin_demand(o, &s->options, now);
	if (at > now && o->queued)
		o->clock.reason = origin_reason(o, &s->options, now);
	if (at <= now) {
		set_heap(s, o, true,
		    ((int64_t)o->flying << START_BITS) + o->last_start);
	} else if (at < INT64_MAX) {
		set_heap(s, o, false, at);
	} else {
		leave_heap(s, o);
		set_ready(s, o, false);
	}
}

/* Count an item that begins to wait. */
static void
count_waiting(struct sched *s, struct sched_item *item)
{
	item->origin->waiting++;
	s->waiting++;
	s->waiting_bytes += item->bytes;
}

static void
discount_waiting(struct sched *s, struct sched_item *item)
{
	item->origin->waiting--;
	s->waiting--;
	s->waiting_bytes -= item->bytes;
}

static void
count_queued(struct sched *s, struct sched_item *item)
{
	struct origin *o = item->origin;

	o->queued++;
	o->queued_bytes += item->bytes;
	if (o->ready) {
		s->ahead++;
		s->ahead_bytes += item->bytes;
	}
}

static void
discount_queued(struct sched *s, struct sched_item *item)
{
	struct origin *o = item->origin;

	o->queued--;
	o->queued_bytes -= item->bytes;
	if (o->ready) {
		s->ahead--;
		s->ahead_bytes -= item->bytes;
	}
}

void
queue_enter(struct sched *s, struct sched_item *item, int64_t now)
{
	struct origin *o = item->origin;

	item->place = PLACE_QUEUED;
	if (item->head) {
		list_push_front(&o->again, &item->link);
		s->head = item;
	} else {
		list_push_back(
		    item->rank == SCHED_FRESH ? &o->fresh : &o->again,
		    &item->link);
	}
	count_waiting(s, item);
	count_queued(s, item);
	queue_reschedule(s, o, now);
	item->waits = o->clock.waits;
}

void
queue_delay(struct sched *s, struct sched_item *item, int64_t due)
{
	item->place = PLACE_DELAYED;
	list_push_back(&item->origin->delayed, &item->link);
	heap_push(&s->delayed, &item->due, due);
	count_waiting(s, item);
}

void
queue_leave(struct sched *s, struct sched_item *item)
{
	assert(item->place == PLACE_QUEUED || item->place == PLACE_DELAYED);
	list_remove(&item->link);
	heap_remove(&s->delayed, &item->due);
	if (item->place == PLACE_QUEUED)
		discount_queued(s, item);
	discount_waiting(s, item);
	if (s->head == item)
		s->head = NULL;
	item->place = PLACE_NOWHERE;
}

void
queue_advance(struct sched *s, int64_t now)
{
	struct heap_node *n;

	while ((n = heap_top(&s->delayed)) && n->at <= now) {
		struct sched_item *item = item_of_due(n);

		queue_leave(s, item);
		queue_enter(s, item, now);
	}
	while ((n = heap_top(&s->timed)) && n->at <= now)
		queue_reschedule(s, origin_of_node(n), now);
}

struct sched_item *
queue_first_of(const struct origin *o)
{
	if (!list_empty(&o->again))
		return item_of_link(o->again.next);
	if (!list_empty(&o->fresh))
		return item_of_link(o->fresh.next);
	return NULL;
}

struct sched_item *
queue_first(const struct sched *s)
{
	struct heap_node *n;

	if (s->head && s->head->origin->ready)
		return s->head;
	if (s->scope != SCHED_ALL)
		return NULL;
	n = heap_top(&s->ready);
	return n ? queue_first_of(origin_of_node(n)) : NULL;
}

void
queue_reject_one(struct sched *s, struct sched_item *item,
    enum sched_reject_reason reason, int64_t now)
{
	item->place = PLACE_REJECTED;
	item->reason = (unsigned char)reason;
	list_push_back(&s->rejected, &item->link);
	s->rejected_len++;
	s->rejected_us = now;
}

void
queue_reject_all(struct sched *s, struct origin *o,
    enum sched_reject_reason reason, int64_t now)
{
	struct list *const queues[] = {&o->again, &o->fresh, &o->delayed};

	for (size_t i = 0; i < sizeof(queues) / sizeof(queues[0]); i++)
		while (!list_empty(queues[i])) {
			struct sched_item *item = item_of_link(queues[i]->next);

			queue_leave(s, item);
			queue_reject_one(s, item, reason, now);
		}
}
