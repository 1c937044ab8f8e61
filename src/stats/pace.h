/*
 * How fast a count grows: its rate over a sliding window of ten seconds, and
 * how long it will take to grow by a given number. Pure.
 */
#ifndef GATHER_STATS_PACE_H
#define GATHER_STATS_PACE_H

#include <stddef.h>
#include <stdint.h>

enum {
	PACE_KEPT = 128 /* samples: over ten a second fit into the window */
};

/* What the count was at a moment. */
struct pace_sample {
	int64_t at_us;
	uint64_t count;
};

/* Zero initialises it. */
struct pace {
	struct pace_sample first;           /* of all */
	struct pace_sample ring[PACE_KEPT]; /* the latest */
	size_t samples;                     /* so far */
};

/* Add a sample. Neither `at_us` nor `count` may be less than before. */
void pace_add(struct pace *, int64_t at_us, uint64_t count);
/* Returns by how much the count grows per second: over the last ten seconds, or
 * since the sample before the last if that is older; 0 with fewer than two
 * samples, or if it did not grow. It does not fall as long as the next step is
 * not late. */
double pace_rate(const struct pace *);
/* Returns how long the count will take to grow by `left`, less the time that
 * has passed since its last step; -1: unknown. If the window saw no step, the
 * average since the first sample is used. */
int64_t pace_eta_us(const struct pace *, uint64_t left);

#endif
