/*
 * The window of an origin, which grows with answers and is lowered by signs of
 * overload, and the ration, which remembers what an origin took before it
 * asked for a pause.
 */
#include "config.h"

#include "schedule/window.h"

enum {
	ROUND_MIN = 8,   /* latencies that make a mean */
	BASE_DRIFT = 16, /* a slower round moves the base by a 16th: a server
	                  * that stays slow becomes the new normal */
	/* Requests beyond the ration that are answered before it doubles: a
	 * fourth of the ration and one, but no more than eight. */
	RATION_PROBES_MAX = 8,
	RATION_PROBES_SHARE = 4
};

void
window_init(struct window *w, unsigned limit, unsigned ceiling)
{
	*w = (struct window){
	    .limit = limit < ceiling ? limit : ceiling,
	    .ceiling = ceiling,
	    .keep = 50,
	    .lowered_us = INT64_MIN,
	};
}

static void
note_lowered(struct window *w, int64_t now)
{
	w->answers = 0;
	w->peak = 0;
	w->lowered_us = now;
}

void
window_restart(struct window *w, unsigned threshold, int64_t now)
{
	w->threshold = threshold;
	w->limit = 1;
	note_lowered(w, now);
}

void
window_use(struct window *w, unsigned flying)
{
	if (flying > w->peak)
		w->peak = flying;
}

void
window_grow(struct window *w, int64_t started_us)
{
	/* An answer to a request from before the limit was lowered says
	 * nothing about the new limit. */
	if (w->limit >= w->ceiling || started_us <= w->lowered_us)
		return;
	w->answers++;
	if (w->limit >= w->threshold &&
	    (w->answers < w->limit || w->peak < w->limit))
		return;
	w->limit++;
	w->answers = 0;
}

bool
window_lower(struct window *w, int64_t started_us, int64_t now)
{
	unsigned used = w->peak < w->limit ? w->peak : w->limit;

	if (started_us <= w->lowered_us)
		return true;
	w->limit = used > 1 ? used * w->keep / 100 : 1;
	if (used <= 1)
		return false;
	w->threshold = w->limit;
	note_lowered(w, now);
	return true;
}

/* Returns the mean latency of a round once it is full, and begins the next; 0:
 * the round is not full. */
static int64_t
round_mean(struct window *w)
{
	int64_t mean;

	if (w->latencies < ROUND_MIN || w->latencies < w->limit)
		return 0;
	mean = w->latency_sum_us / (int64_t)w->latencies;
	w->latencies = 0;
	w->latency_sum_us = 0;
	return mean > 0 ? mean : 1;
}

bool
window_add_latency(struct window *w, int64_t latency_us, int64_t started_us)
{
	int64_t mean;

	if (started_us <= w->lowered_us)
		return false;
	w->latency_sum_us += latency_us;
	w->latencies++;
	mean = round_mean(w);
	if (!mean)
		return false;
	if (!w->base_us || mean < w->base_us)
		w->base_us = mean;
	if (mean <= 2 * w->base_us)
		return false;
	w->base_us += (mean - w->base_us) / BASE_DRIFT;
	return true;
}

bool
window_is_full(const struct window *w, unsigned flying)
{
	return flying >= w->limit;
}

/* --- ration -------------------------------------------------------------- */

void
ration_init(struct ration *r)
{
	*r = (struct ration){.known = UINT64_MAX, .since_us = INT64_MIN};
}

/* A server that refuses the first request after a hold says nothing about how
 * many it takes: what was known stays. */
void
ration_hold(struct ration *r, int64_t until, int64_t now)
{
	int64_t since = r->since_us == INT64_MIN ? now : r->since_us;

	if (r->passed || r->known == UINT64_MAX)
		r->known = r->passed ? r->passed : 1;
	r->period_us = until - since;
	r->passed = 0;
	r->since_us = until;
}

void
ration_extend(struct ration *r, int64_t until)
{
	if (until <= r->since_us)
		return;
	/* Nothing was known of this server: others have held it. */
	if (r->since_us != INT64_MIN)
		r->period_us += until - r->since_us;
	r->since_us = until;
}

/* Returns how many requests beyond the ration must be answered before more are
 * assumed. */
static uint64_t
probes(const struct ration *r)
{
	uint64_t share = r->known / RATION_PROBES_SHARE + 1;

	return share < RATION_PROBES_MAX ? share : RATION_PROBES_MAX;
}

void
ration_answer(struct ration *r, int64_t started_us, int64_t now)
{
	if (r->since_us == INT64_MIN)
		r->since_us = started_us;
	/* The request started before the hold ended: it was under way when the
	 * hold began, and belongs to what was taken before. */
	if (started_us < r->since_us && r->known != UINT64_MAX) {
		r->known++;
		return;
	}
	r->passed++;
	if (r->known == UINT64_MAX)
		return;
	if (r->passed >= r->known + probes(r))
		r->known = 2 * r->passed;
	if (now - r->since_us < r->period_us)
		return;
	if (r->passed >= r->known)
		r->known = 2 * r->passed;
	r->passed = 0;
	r->since_us = now;
}

bool
ration_allows(const struct ration *r, unsigned flying)
{
	return !flying || r->known == UINT64_MAX ||
	       r->passed + flying < r->known;
}
