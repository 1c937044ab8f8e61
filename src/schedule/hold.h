/*
 * Politeness towards one origin: a server that names a time at which it wants
 * to be asked again is left alone until then; one whose quota runs low has
 * its starts spread over what is left of the window, and gets no more of them
 * than it says it has left.
 *
 * A refusal that names no usable time (none, "0", one that is past) holds like
 * the back-off of a retry: from 1 s, doubling with each refusal in a row,
 * without an answer between, up to --retry-max-delay, with jitter. So does one
 * that names less, from the second in a row on, and from the first where that
 * was so before. The 20th in a row is the last.
 * A hold belongs to all that was in flight when it began: their refusals
 * neither count again nor make it longer, unless they name a later time.
 */
#ifndef GATHER_SCHEDULE_HOLD_H
#define GATHER_SCHEDULE_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "request/quota.h"

enum {
	HOLD_ROW_MAX = 20
};

struct hold {
	int64_t until_us;   /* nothing starts before it */
	int64_t began_us;   /* the last one */
	int64_t step_us;    /* spread: between two starts; 0: not spread */
	int64_t spread_us;  /* spread: until then */
	int64_t start_us;   /* spread: the last start */
	int64_t left;       /* starts that the quota allows... */
	int64_t left_us;    /* ... until then; in the past: not said */
	const char *source; /* header that named a time; NULL: none did */
	uint32_t count;     /* so far */
	short status;       /* that caused the last one */
	unsigned char row;  /* refusals in a row */
	bool backs_off;     /* until_us is our back-off, since `source`
	                     * named less, or nothing */
	bool over_limit;    /* it is over the maximum, or the 20th in a row */
	bool resuming;      /* its end has not been noticed */
	bool announced;     /* the user knows of it */
	bool was_too_short; /* what it named was too short at some time */
	bool spread_before; /* at any time: the user knows */
};

void hold_init(struct hold *);

/* A landing, as far as politeness cares. */
struct hold_facts {
	bool refused; /* 429 and its like; else any answer */
	int status;
	int64_t started_us;     /* when that request was admitted */
	size_t flying;          /* others of the origin, still in flight */
	size_t waiting;         /* of the origin */
	int64_t max_us;         /* --max-hold; 0: no hold that is not named */
	int64_t backoff_max_us; /* --retry-max-delay */
	uint64_t random;        /* any 64 random bits */
	const struct quota *quota;
};

enum hold_change {
	HOLD_SAME,   /* nothing to do with a hold */
	HOLD_BEGAN,  /* a hold begins here */
	HOLD_JOINED, /* this refusal belongs to the hold that is known */
	HOLD_SPREAD, /* starts are spread, for the first time */
};
enum hold_change hold_read(
    struct hold *, const struct hold_facts *, int64_t now);

/* What waits will not be tried. */
bool hold_is_over_limit(const struct hold *, int64_t now);
/* From when on one more may start. */
int64_t hold_when(const struct hold *, int64_t now);
/* One starts. Returns whether it is the first after a hold. */
bool hold_start(struct hold *, int64_t now);

#endif
