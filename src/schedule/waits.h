/*
 * An account of what is waited for: a clock for each reason, of which one
 * runs at a time. Who waits reads all of them when it begins and when it
 * ends; the differences add up to its wait exactly. Pure.
 */
#ifndef GATHER_SCHEDULE_WAITS_H
#define GATHER_SCHEDULE_WAITS_H

#include <stdint.h>

enum wait_reason {
	WAIT_PLACE, /* among -P, or the output is full */
	WAIT_HOST,  /* a place at its origin, or its gate */
	WAIT_RATE,  /* a token */
	WAIT_HOLD,  /* its origin is held, or down */
	WAIT_REASONS
};

struct waits {
	int64_t us[WAIT_REASONS];
};

struct wait_clock {
	struct waits waits;
	int64_t at_us; /* it was last looked at */
	enum wait_reason reason;
};

/* The time since it was last looked at went to its reason. */
static inline void
wait_clock_advance(struct wait_clock *c, int64_t now)
{
	if (now <= c->at_us)
		return;
	c->waits.us[c->reason] += now - c->at_us;
	c->at_us = now;
}

/* What `now` is beyond `then`, reason by reason. */
static inline struct waits
waits_since(const struct waits *now, const struct waits *then)
{
	struct waits w;

	for (int i = 0; i < WAIT_REASONS; i++)
		w.us[i] = now->us[i] - then->us[i];
	return w;
}

static inline void
waits_add(struct waits *sum, const struct waits *more)
{
	for (int i = 0; i < WAIT_REASONS; i++)
		sum->us[i] += more->us[i];
}

#endif
