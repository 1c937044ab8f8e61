/* A scheduler whose items are known by their numbers, in virtual time. */
#ifndef GATHER_TESTS_SCHED_FIXTURE_H
#define GATHER_TESTS_SCHED_FIXTURE_H

#include <check.h>

#include "schedule/sched.h"

#define MS INT64_C(1000)
#define S  INT64_C(1000000)

#define A "http://a:80"
#define B "http://b:80"

enum {
	ITEMS = 200
};

/* Each test sets its options before begin(). */
static struct sched *s;
static struct sched_item items[ITEMS];
static struct sched_options options;

static inline void
set_up_items(void)
{
	options = (struct sched_options){
	    .parallel = 4,
	    .polite = true,
	    .max_hold_us = 3600 * S,
	    .retry_budget = {0.2, 10},
	};
	for (int i = 0; i < ITEMS; i++)
		sched_item_init(&items[i]);
	s = NULL;
}

static inline void
begin(void)
{
	s = sched_new(&options);
}

static inline void
add(int i, const char *origin, int64_t now)
{
	sched_add(s, &items[i], origin, SCHED_FRESH, now, now);
}

/* The number of the item that starts, -1: none. */
static inline int
next(int64_t now)
{
	struct sched_item *item = sched_next(s, now);

	return item ? (int)(item - items) : -1;
}

static inline struct sched_advice
land(int i, enum sched_outcome outcome, int64_t now)
{
	struct sched_report report = {
	    .outcome = outcome,
	    .status = outcome == SCHED_ANSWERED ? 200 : 0,
	    .latency_us = -1,
	};

	if (outcome == SCHED_THROTTLED)
		report.status = 429;
	return sched_release(s, &items[i], &report, now);
}

#endif
