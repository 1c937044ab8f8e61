/*
 * What the demo server remembers between visits, for each key (a path): how
 * often it was visited, and when it was last. Pure: time is passed in.
 */
#ifndef GATHER_DEMO_TALLY_H
#define GATHER_DEMO_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

struct tally {
	struct list link; /* most recently used first */
	char *key;
	uint64_t visits;    /* counted by the caller */
	int64_t *allowed;   /* ring: when visits were allowed, us */
	size_t allowed_len; /* the count of the limit */
	size_t next;        /* place of the next visit in the ring */
};

/* All tallies. Of more than TALLIES_MAX the least recently used is dropped, so
 * that clients cannot fill the memory of the server with keys. */
struct tallies {
	struct list used; /* the most recently used first */
	size_t len;
};

enum {
	TALLIES_MAX = 1024,
	TALLY_WINDOW_MAX = 100000
};

void tallies_init(struct tallies *);
void tallies_release(struct tallies *);
/* The tally of `key`, a new one if there is none. Borrowed until the next
 * call. */
struct tally *tallies_get(struct tallies *, const char *key);

/* A sliding window: at most `count` (1 to TALLY_WINDOW_MAX) visits in any
 * `period_us`. */
struct tally_limit {
	size_t count;
	int64_t period_us;
};

struct tally_verdict {
	int64_t wait_us;  /* 0: allowed, and counted; else come again then */
	size_t remaining; /* visits that are allowed right now */
	int64_t reset_us; /* until one more is; 0 if all are */
};

/* A visit at the time `now` (us): may it pass under the limit? It is counted if
 * it may. */
struct tally_verdict tally_visit(
    struct tally *, struct tally_limit, int64_t now);

/* A pseudorandom number in [0, 1), the same for the same seed and number. */
double tally_draw(uint64_t seed, uint64_t number);

#endif
