/*
 * The tokens of an item: taken when it starts, used when its request goes on
 * the wire. Private to the scheduler, like queue.h; what others call of this is
 * in sched.h: sched_on_wire and what stands below it there.
 */
#ifndef GATHER_SCHEDULE_WIRE_H
#define GATHER_SCHEDULE_WIRE_H

#include <stdint.h>

#include "schedule/queue.h"

/* Take the tokens of the rates from the source of the options, if there is
 * one. */
void wire_attach(struct sched *);
/* Tell the pool of the run's rate, if there is one, how many items lack but a
 * token of it. */
void wire_demand(struct sched *, int64_t now);
/* Take the tokens that the item needs, which are free. */
void wire_take(struct sched *, struct sched_item *, int64_t now);
/* Give them back: its request never got on the wire. */
void wire_give_back(struct sched *, struct sched_item *);

#endif
