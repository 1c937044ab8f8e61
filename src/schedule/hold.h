/*
 * Politeness towards one origin. A server that names a time at which it wants
 * to be asked again (Retry-After, RateLimit headers) is left alone until then;
 * one whose quota runs low has its starts spread over what is left of the
 * window, and gets no more of them than it says are left.
 *
 * A refusal that names no usable time (none, "0", one that is past) begins a
 * hold as long as the back-off of a retry: from 1 s, doubled with each refusal
 * in a row without an answer between, up to --retry-max-delay, with jitter. A
 * refusal that names less than that back-off is treated in the same way from
 * the second in a row on, and from the first where the origin did so before.
 * The 20th refusal in a row fails the origin's requests.
 *
 * A hold belongs to all requests that were in flight when it began: their
 * refusals neither count again nor make it longer, unless they name a later
 * time. Moments are microseconds on the clock of `now`; INT64_MIN is "never".
 */
#ifndef GATHER_SCHEDULE_HOLD_H
#define GATHER_SCHEDULE_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "request/quota.h"

enum {
	HOLD_ROW_MAX = 20 /* refusals in a row; the last one gives up */
};

struct hold {
	int64_t until_us;   /* nothing starts before it */
	int64_t began_us;   /* when the last hold began */
	int64_t step_us;    /* between two starts that are spread; 0: they are
	                     * not */
	int64_t spread_us;  /* when spreading ends */
	int64_t start_us;   /* the last start */
	int64_t left;       /* starts that the quota allows until left_us */
	int64_t left_us;    /* in the past: the quota allows any number */
	const char *source; /* header that named a time; static; NULL: none */
	uint32_t count;     /* holds so far */
	short status;       /* the status that caused the last hold; 0: an
	                     * answer to somebody else did */
	unsigned char row;  /* refusals in a row */
	bool backs_off;     /* until_us is our back-off, since `source`
	                     * named less, or nothing */
	bool over_limit;    /* it is longer than --max-hold, or the 20th in a
	                     * row */
	bool resuming;      /* nothing has started since it ended */
	bool announced;     /* the user knows of it */
	bool
	    was_too_short; /* a time that the origin named once was too short */
	bool spread_before; /* starts were spread once: the user knows */
};

/* Initialise an origin that was never held. */
void hold_init(struct hold *);

/* What hold_read needs to know of an answer. */
struct hold_facts {
	bool refused;           /* 429 and its like; else any answer */
	int status;             /* of the answer */
	int64_t started_us;     /* when its request was admitted */
	size_t flying;          /* others of the origin, still in flight */
	size_t waiting;         /* items of the origin */
	int64_t max_us;         /* --max-hold; 0: only times that are named */
	int64_t backoff_max_us; /* --retry-max-delay */
	uint64_t random;        /* any 64 random bits */
	const struct quota *quota; /* NULL: its headers named no limits */
};

enum hold_change {
	HOLD_SAME,   /* nothing to do with a hold */
	HOLD_BEGAN,  /* a hold begins here */
	HOLD_JOINED, /* this refusal belongs to the hold that is known */
	HOLD_SPREAD, /* starts are spread, for the first time */
};
/* Take what an answer says about its origin into account. */
enum hold_change hold_read(
    struct hold *, const struct hold_facts *, int64_t now);

/* Others that share the origin were asked to send nothing before `until_us`.
 * `max_us` is --max-hold. HOLD_BEGAN: a hold begins here; HOLD_JOINED: the one
 * that is known lasts longer than was known; else HOLD_SAME. */
enum hold_change hold_join_others(
    struct hold *, int64_t until_us, int64_t max_us, int64_t now);

/* Returns whether the hold is longer than --max-hold, or the 20th in a row:
 * then waiting requests fail untried. */
bool hold_is_over_limit(const struct hold *, int64_t now);
/* Returns the moment from which one more request may start. */
int64_t hold_when(const struct hold *, int64_t now);
/* A request starts. Returns whether it is the first after a hold. */
bool hold_start(struct hold *, int64_t now);

#endif
