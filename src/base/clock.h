/*
 * Time in microseconds. Pure modules get it passed in, so that tests can run on
 * a clock of their own; only what stands at the edge of the program asks for it
 * here.
 */
#ifndef GATHER_BASE_CLOCK_H
#define GATHER_BASE_CLOCK_H

#include <stdint.h>
#include <sys/time.h>

#define CLOCK_SECOND INT64_C(1000000)
#define CLOCK_MS     INT64_C(1000)

/* Returns the time of the monotonic clock, whose zero is some moment before the
 * program started. For durations and deadlines. */
int64_t clock_now_us(void);
/* Returns the time since 1970, UTC, which jumps when the machine's clock is
 * set. For dates only. */
int64_t clock_wall_us(void);
/* Returns a duration as libevent and system calls take it; what is negative, as
 * it is over already, is 0. */
static inline struct timeval
clock_timeval(int64_t us)
{
	if (us < 0)
		us = 0;
	return (struct timeval){us / CLOCK_SECOND, us % CLOCK_SECOND};
}

#endif
