/*
 * How many inputs to take at a time from a queue that others take from, too.
 * Whoever joins later is to find something to do, so beyond the free places
 * only inputs that start soon are taken: twice as many where the last ones were
 * soon gone, half where they waited for long. Times are in microseconds of any
 * one clock that is not set.
 */
#ifndef GATHER_SCHEDULE_PREFETCH_H
#define GATHER_SCHEDULE_PREFETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PREFETCH_SHORT_MS = 500, /* inputs that lasted less were too few */
	PREFETCH_LONG_MS = 2000, /* more: too many */
};

struct prefetch {
	unsigned parallel; /* places */
	unsigned ahead; /* inputs beyond the free places; 1 to parallel/2+8 */
	size_t taken;   /* by the last call */
	size_t left;    /* of these, to be handed out */
	int64_t filled_us; /* when they came; 0: for places that were free */
};

void prefetch_init(struct prefetch *, unsigned parallel);
/* Returns how many to ask for now, at least 1; `open` inputs were handed out
 * and have not ended. */
size_t prefetch_ask(struct prefetch *, size_t open, int64_t now);
/* `taken` inputs have come. */
void prefetch_filled(struct prefetch *, size_t taken, size_t open, int64_t now);
/* One is handed out. Returns whether it is time to ask for more, so that they
 * come before those that are left are used up. */
bool prefetch_hand_out(struct prefetch *);

#endif
