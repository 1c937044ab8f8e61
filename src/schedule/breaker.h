/*
 * A circuit breaker per origin: five connect or DNS failures in a row open
 * it; then single probes after 1, 2 and 4 s; when the third fails the origin
 * is dead for 60 s, and after that for 60 s more with each probe that fails.
 * Any sign of life closes it.
 */
#ifndef GATHER_SCHEDULE_BREAKER_H
#define GATHER_SCHEDULE_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum breaker_state {
	BREAKER_CLOSED,
	BREAKER_OPEN,    /* the next probe may start at probe_us */
	BREAKER_PROBING, /* one flies */
};

struct breaker {
	int64_t probe_us;
	int64_t since_us; /* the first failure in the row */
	unsigned char state;
	unsigned char failures; /* in a row, while closed */
	unsigned char probes;   /* that failed */
	unsigned char cause;    /* what failed last */
};

/* What failed. */
enum breaker_cause {
	BREAKER_CONNECT,
	BREAKER_NAME,
};

/* What a report changed. */
enum breaker_change {
	BREAKER_SAME,
	BREAKER_OPENED,
	BREAKER_DIED, /* also: a probe of a dead one failed */
	BREAKER_RECOVERED,
};

/* Dead: what waits will not be tried. */
bool breaker_is_dead(const struct breaker *, int64_t now);
/* From when on one more may start; INT64_MAX: not before a landing. */
int64_t breaker_when(const struct breaker *, int64_t now);
/* One is admitted. Returns whether it is the probe. */
bool breaker_start(struct breaker *);
enum breaker_change breaker_fail(
    struct breaker *, enum breaker_cause, int64_t now);
/* The same for the flight that breaker_start called the probe. */
enum breaker_change breaker_fail_probe(
    struct breaker *, enum breaker_cause, int64_t now);
enum breaker_change breaker_succeed(struct breaker *);
/* A probe ended without telling anything. */
void breaker_forget_probe(struct breaker *, int64_t now);

#endif
