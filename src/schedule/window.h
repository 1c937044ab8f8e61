/*
 * How many requests to one origin may fly at once, as learnt from its answers.
 *
 * After a hold the window restarts at one and doubles with each round of
 * answers (slow start, RFC 5681). With -P auto it follows additive increase and
 * multiplicative decrease: one more with each round of answers if the window
 * was filled; a fifth less (half would leave a quarter of the server idle on
 * average) when the origin throttles, is overloaded, or answers a round with a
 * mean latency over twice that of its best round. Requests that were in flight
 * together lower it once.
 */
#ifndef GATHER_SCHEDULE_WINDOW_H
#define GATHER_SCHEDULE_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

struct window {
	unsigned limit;     /* that may fly at once */
	unsigned ceiling;   /* the limit grows no further */
	unsigned threshold; /* below it the limit doubles each round */
	unsigned keep;      /* percent kept when the limit is lowered */
	unsigned answers;   /* since the limit grew last */
	unsigned peak;      /* most that flew since it was lowered */
	int64_t lowered_us; /* what started earlier does not lower it again */
	int64_t latency_sum_us; /* of the round so far */
	unsigned latencies;     /* in the round so far */
	int64_t base_us; /* mean latency of the best round; 0: none yet */
};

/* Begin with `limit`, or with `ceiling` if that is less. */
void window_init(struct window *, unsigned limit, unsigned ceiling);
/* Lower the limit to one; it then doubles with each round up to `threshold`, or
 * all the way with UINT_MAX. */
void window_restart(struct window *, unsigned threshold, int64_t now);
/* One more request started; now `flying` of them fly. */
void window_use(struct window *, unsigned flying);
/* A request that started at `started_us` was answered: the limit may grow. */
void window_grow(struct window *, int64_t started_us);
/* Lower the limit to a part of what is used, because of a request that started
 * at `started_us`, unless it was lowered since then. Returns false if the limit
 * cannot be lowered: it is used by one request only. */
bool window_lower(struct window *, int64_t started_us, int64_t now);
/* Add the latency of a request that started at `started_us`. Returns whether it
 * is a sign to lower the window. */
bool window_add_latency(
    struct window *, int64_t latency_us, int64_t started_us);
/* Returns whether `flying` requests fill the window. */
bool window_is_full(const struct window *, unsigned flying);

/*
 * How many requests an origin took before it asked for a pause, so that those
 * after the pause do not run into the same limit as a crowd. As many as it took
 * before may fly as the window lets them; then one at a time tries whether it
 * takes more. If it does, or if a period passes without a refusal, twice as
 * many are assumed.
 */
struct ration {
	uint64_t known;    /* requests it takes in a period; UINT64_MAX: it
	                    * never asked for a pause */
	uint64_t passed;   /* answers since since_us */
	int64_t since_us;  /* when the period began: the end of a hold, or of
	                    * the period before; INT64_MIN: no answer yet */
	int64_t period_us; /* from one end of a hold to the next */
};

/* Initialise the ration of an origin that was never asked. */
void ration_init(struct ration *);
/* A hold begins at `now` and lasts until `until`. */
void ration_hold(struct ration *, int64_t until, int64_t now);
/* The hold lasts until the later moment `until`. */
void ration_extend(struct ration *, int64_t until);
/* A request that started at `started_us` was answered, and not refused. */
void ration_answer(struct ration *, int64_t started_us, int64_t now);
/* Returns whether one more request may fly beside `flying` others. */
bool ration_allows(const struct ration *, unsigned flying);

#endif
