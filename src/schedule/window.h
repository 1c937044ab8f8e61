/*
 * How many of one origin may fly at once, as learnt from it.
 *
 * After a hold the window restarts at one and doubles with each round of
 * answers (slow start). With -P auto it is additive increase, multiplicative
 * decrease: one more per round of answers if the window was filled; a fifth
 * less (half would leave a quarter of the server idle on average) when
 * the origin throttles, is overloaded, or a round's mean latency is over
 * twice that of its best round; at most once for what flew together.
 */
#ifndef GATHER_SCHEDULE_WINDOW_H
#define GATHER_SCHEDULE_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

struct window {
	unsigned limit;
	unsigned ceiling;   /* it grows no further */
	unsigned threshold; /* below it, it doubles */
	unsigned keep;      /* percent that is kept when it is lowered */
	unsigned answers;   /* since it grew last */
	unsigned peak;      /* most that flew since it was lowered */
	int64_t lowered_us; /* who started before doesn't lower it again */
	int64_t latency_sum_us;
	unsigned latencies;
	int64_t base_us; /* mean latency of the best round; 0: none yet */
};

/* It begins at `limit` of at most `ceiling`. */
void window_init(struct window *, unsigned limit, unsigned ceiling);
/* Down to one, doubling until `threshold`, or all the way with UINT_MAX. */
void window_restart(struct window *, unsigned threshold, int64_t now);
/* One more started: now `flying` fly. */
void window_use(struct window *, unsigned flying);
/* An answer to what was started then. */
void window_grow(struct window *, int64_t started_us);
/* A part of what is used, unless the sign is an old one. Returns whether it
 * sank, or has sunk since that start. */
bool window_lower(struct window *, int64_t started_us, int64_t now);
/* One more latency; returns whether it is a sign to lower the window. */
bool window_add_latency(
    struct window *, int64_t latency_us, int64_t started_us);
bool window_is_full(const struct window *, unsigned flying);

/*
 * What one origin took before it asked for a pause, so that what follows does
 * not run into its limit as a crowd: after a hold as many as it took before
 * may fly as the window lets them, then one at a time tries whether there is
 * more. If there is, or a period passes without a refusal, twice as many are
 * known.
 */
struct ration {
	uint64_t known;    /* so many are taken; UINT64_MAX: who knows */
	uint64_t passed;   /* answers since then: */
	int64_t since_us;  /* the end of the last hold, or the period's */
	int64_t period_us; /* from there to the end of the hold that came */
};

void ration_init(struct ration *);
/* A hold begins, and lasts until `until`. */
void ration_hold(struct ration *, int64_t until, int64_t now);
/* It lasts longer. */
void ration_extend(struct ration *, int64_t until);
/* An answer that is no refusal, to what was started then. */
void ration_answer(struct ration *, int64_t started_us, int64_t now);
/* May one more fly beside `flying` others? */
bool ration_allows(const struct ration *, unsigned flying);

#endif
