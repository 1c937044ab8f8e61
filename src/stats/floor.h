/*
 * The floor: the time below which a run cannot come, whatever it does, and
 * what it lost on the way there. Pure.
 */
#ifndef GATHER_STATS_FLOOR_H
#define GATHER_STATS_FLOOR_H

#include <stdbool.h>
#include <stdint.h>

#include "request/result.h"

/* What a run had to do. Set-up (lookup, connect, TLS) is no part of it. */
struct load {
	uint64_t requests; /* starts, further attempts included */
	int64_t work_us;   /* sum: request sent until last byte */
	int64_t setup_us;  /* sum */
	int64_t slowest_us;
	int64_t slowest_setup_us; /* of the slowest */
};

/* A result of it; one without an attempt counts nothing. */
void load_add(struct load *, const struct result *);

/* What held it: so many in flight, and so many starts in any period. */
struct floor_limits {
	unsigned parallel;
	uint64_t rate_count; /* 0: no rate */
	int64_t rate_period_us;
	bool rate_even;
};

enum floor_bound {
	FLOOR_SLOWEST, /* the slowest request */
	FLOOR_PLACES,  /* all of them, over the places there are */
	FLOOR_RATE,
	FLOOR_BOUNDS
};

struct floor {
	enum floor_bound bound;
	int64_t us;
	/* What the run took beyond it: */
	int64_t connecting_us;
	int64_t computing_us; /* gather's own, at most the rest */
	int64_t idle_us;      /* the rest: places stood empty */
};

/* `wall_us` and `cpu_us` are what the run took. */
struct floor floor_of(const struct load *, const struct floor_limits *,
    int64_t wall_us, int64_t cpu_us);
/* "the slowest request". Static. */
const char *floor_bound_text(enum floor_bound);

#endif
