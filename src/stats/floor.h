/*
 * The floor: the shortest time in which a run could have done its work with the
 * same limits, and where the time beyond it went. It is the longest of three:
 * the slowest request; all the work divided among -P slots; the rate limit.
 * Pure.
 */
#ifndef GATHER_STATS_FLOOR_H
#define GATHER_STATS_FLOOR_H

#include <stdbool.h>
#include <stdint.h>

#include "request/result.h"

/*
 * The work of a run. Set-up (lookup, connect, TLS) is kept apart: a run that
 * reuses connections needs less of it, so it is counted as lost, not as work.
 * Zero initialises it.
 */
struct load {
	uint64_t requests;        /* starts, further attempts included */
	int64_t work_us;          /* sum: from the request to its last byte */
	int64_t setup_us;         /* sum: until the request was sent */
	int64_t slowest_us;       /* the longest work of one request */
	int64_t slowest_setup_us; /* set-up of that request */
};

/* Add a result of the run; one without an attempt adds nothing. */
void load_add(struct load *, const struct result *);

/* The limits that a run had. */
struct floor_limits {
	unsigned parallel;      /* transfers in flight, at most */
	uint64_t rate_count;    /* starts in any period; 0: no rate */
	int64_t rate_period_us; /* the period */
	bool rate_even;         /* starts are spaced evenly */
};

enum floor_bound {
	FLOOR_SLOWEST, /* the slowest request */
	FLOOR_PLACES,  /* all requests, divided among the slots */
	FLOOR_RATE,    /* the rate limit */
	FLOOR_BOUNDS
};

/* The floor, and how the time that the run took beyond it is explained: the sum
 * of the three losses is exact. */
struct floor {
	enum floor_bound bound; /* what the floor follows from */
	int64_t us;             /* the floor */
	int64_t connecting_us;  /* lost: set-up */
	int64_t computing_us;   /* lost: CPU time of gather itself */
	int64_t idle_us;        /* lost: what is left, as slots were empty */
};

/* Returns the floor of a run that took `wall_us`, and `cpu_us` of CPU time. */
struct floor floor_of(const struct load *, const struct floor_limits *,
    int64_t wall_us, int64_t cpu_us);
/* Returns what the floor follows from, in words: "the slowest request". Static.
 */
const char *floor_bound_text(enum floor_bound);

#endif
