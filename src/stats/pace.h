/*
 * How fast something gets on: its rate over a sliding window, and how long
 * the rest will take. Pure.
 */
#ifndef GATHER_STATS_PACE_H
#define GATHER_STATS_PACE_H

#include <stddef.h>
#include <stdint.h>

enum {
	PACE_KEPT = 128 /* samples: more than ten a second for the window */
};

struct pace_sample {
	int64_t at_us;
	uint64_t count;
};

struct pace {
	struct pace_sample first;
	struct pace_sample ring[PACE_KEPT];
	size_t samples; /* so far */
};

/* Zero initialises it. `count` never falls, `at_us` neither. */
void pace_add(struct pace *, int64_t at_us, uint64_t count);
/* Per second, over the last ten seconds, or since the sample before the last
 * if that one is older; 0 for fewer than two. It does not fall while the next
 * one is not late. */
double pace_rate(const struct pace *);
/* Until `left` more are there, what has passed since the last one taken off;
 * -1: nobody knows. Where the window saw nothing, the average since the first
 * sample counts. */
int64_t pace_eta_us(const struct pace *, uint64_t left);

#endif
