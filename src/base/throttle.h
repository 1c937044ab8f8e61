/*
 * A rate of bytes, for all that take from it together (--limit-total).
 * What has come is paid for afterwards: after a piece nobody gets another one
 * until its time at that rate is over. So a piece of any size is taken whole.
 * Pure: moments are those of one clock, in microseconds.
 */
#ifndef GATHER_BASE_THROTTLE_H
#define GATHER_BASE_THROTTLE_H

#include <stdint.h>

struct throttle {
	uint64_t rate;   /* bytes/s; 0: no limit */
	int64_t paid_us; /* when all that was taken is paid for */
};

static inline void
throttle_init(struct throttle *t, uint64_t rate)
{
	*t = (struct throttle){.rate = rate};
}

/* When another piece may be taken: not after `now` if it may be now. */
static inline int64_t
throttle_ready_us(const struct throttle *t, int64_t now)
{
	return t->rate && t->paid_us > now ? t->paid_us : now;
}

/* A piece of `len` bytes is taken. What was not used before `now` is lost, but
 * for the last 100 ms, so that a late timer costs nothing of the rate. */
static inline void
throttle_take(struct throttle *t, uint64_t len, int64_t now)
{
	int64_t saved_from = now - 100 * 1000;

	if (!t->rate)
		return;
	if (t->paid_us < saved_from)
		t->paid_us = saved_from;
	t->paid_us += (int64_t)((double)len * 1e6 / (double)t->rate);
}

#endif
