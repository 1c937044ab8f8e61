/*
 * A circuit breaker per origin, so that a server that is down costs a few
 * timeouts and not one for each request of the list.
 *
 * Five connect or DNS failures in a row open it. Then single probes start
 * after 1, 2 and 4 s. When the third probe fails the origin is dead for 60 s,
 * and for 60 s more with each further probe that fails. Any sign of life closes
 * it. Moments are microseconds on the clock of `now`.
 */
#ifndef GATHER_SCHEDULE_BREAKER_H
#define GATHER_SCHEDULE_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum breaker_state {
	BREAKER_CLOSED,  /* requests start as if there were no breaker */
	BREAKER_OPEN,    /* the next probe may start at probe_us */
	BREAKER_PROBING, /* a probe flies, nothing else may start */
};

/* The bytes hold enums; there is one breaker for each of many origins. Zero
 * initialises it: closed. */
struct breaker {
	int64_t probe_us;       /* OPEN: when the next probe may start */
	int64_t since_us;       /* the first failure in the row */
	unsigned char state;    /* enum breaker_state */
	unsigned char failures; /* in a row, while closed */
	unsigned char probes;   /* that failed; PROBES at most */
	unsigned char cause;    /* enum breaker_cause: what failed last */
};

enum breaker_cause {
	BREAKER_CONNECT, /* no connection could be made */
	BREAKER_NAME,    /* the name of the host was not found */
};

/* What the end of a flight changed. */
enum breaker_change {
	BREAKER_SAME,
	BREAKER_OPENED,
	BREAKER_DIED, /* the last probe failed, or one of a dead origin */
	BREAKER_RECOVERED,
};

/* Returns whether the origin is dead: then waiting requests fail untried. */
bool breaker_is_dead(const struct breaker *, int64_t now);
/* Returns the moment from which one more request may start; INT64_MAX: not
 * before the probe ends. */
int64_t breaker_when(const struct breaker *, int64_t now);
/* A request is admitted. Returns whether it is the probe. */
bool breaker_start(struct breaker *);
/* A flight that was no probe ended without a connection, because of the
 * cause. */
enum breaker_change breaker_fail(
    struct breaker *, enum breaker_cause, int64_t now);
/* The flight that breaker_start called the probe ended likewise. */
enum breaker_change breaker_fail_probe(
    struct breaker *, enum breaker_cause, int64_t now);
/* A flight reached the origin: close the breaker. */
enum breaker_change breaker_succeed(struct breaker *);
/* The probe was cancelled or failed on this machine, which says nothing about
 * the origin: let the next one start at once. */
void breaker_forget_probe(struct breaker *, int64_t now);

#endif
