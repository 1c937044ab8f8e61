/*
 * Politeness: what an answer asks for, how long the back-off is where it asks
 * for too little, and then the three things that an answer can do: begin a
 * hold, join the one that is known, or say how much of a quota is left, which
 * spreads the starts. hold_read() chooses among them; below it, when the next
 * start may come.
 */
#include "config.h"

#include "schedule/hold.h"

#include "base/clock.h"

enum {
	LOW_UNKNOWN = 10, /* a quota is low with so few left, if no limit is
	                   * named */
	LOW_SHARE = 10    /* else with a tenth of the limit left */
};

/* The first back-off; each refusal in a row doubles it. */
#define BACKOFF_US CLOCK_SECOND
/* What others say is later than what we know by less than that where it began
 * here. */
#define ECHO_US (500 * CLOCK_MS)

void
hold_init(struct hold *h)
{
	*h = (struct hold){
	    .began_us = INT64_MIN, .until_us = INT64_MIN, .left_us = INT64_MIN};
}

/* Returns the wait that the answer asks for; -1: it asks for none. A quota that
 * has something left asks for none, unless the request was refused without
 * saying how much is left. */
static int64_t
named_us(const struct hold_facts *f)
{
	const struct quota *q = f->quota;

	if (!q)
		return -1;
	if (f->refused && q->retry_after_us >= 0)
		return q->retry_after_us;
	if (q->remaining == 0 || (f->refused && q->remaining < 0))
		return q->reset_us;
	return -1;
}

/* Returns a random time from `us` to one and a half times that. Near `most`,
 * which is never exceeded, the range moves down: so even the longest back-offs
 * of many clients do not end together. */
static int64_t
with_jitter(int64_t us, int64_t most, uint64_t random)
{
	int64_t top = us < most - us / 2 ? us + us / 2 : most;
	int64_t bottom = top - top / 3;

	return bottom + (int64_t)(random % ((uint64_t)(top - bottom) + 1));
}

/* Returns the shortest hold that this refusal causes: a back-off where it names
 * no time, or too short a one again and again; else 0. */
static int64_t
backoff_us(const struct hold *h, const struct hold_facts *f, int64_t named)
{
	unsigned row = named > 0 && !h->was_too_short ? h->row - 1U : h->row;
	int64_t us = row ? BACKOFF_US << (row - 1) : 0;

	if (named >= us)
		return 0;
	us = with_jitter(us, f->backoff_max_us, f->random);
	return us < f->max_us ? us : f->max_us;
}

/* Move the end of the hold to `us` from `now`, if that is later. `us` is what
 * the answer names, or our back-off. */
static void
extend_hold(struct hold *h, const struct hold_facts *f, int64_t us, int64_t now)
{
	int64_t named = named_us(f);

	if (now + us <= h->until_us)
		return;
	h->until_us = now + us;
	h->source = named > 0 ? f->quota->source : NULL;
	h->backs_off = us > named;
	h->status = (short)f->status;
}

/* A new hold begins; earlier ones end with it. */
static void
begin_anew(struct hold *h, int64_t now)
{
	h->began_us = now;
	h->count++;
	h->resuming = true;
	h->announced = false;
	h->step_us = 0;
	h->left_us = INT64_MIN;
}

/* Begin the hold that an answer asks for. */
static enum hold_change
begin_hold(struct hold *h, const struct hold_facts *f, int64_t now)
{
	int64_t named = named_us(f);
	int64_t backoff = 0;

	if (f->refused) {
		if (h->row < HOLD_ROW_MAX)
			h->row++;
		h->was_too_short |= named > 0 && h->row > 1;
		backoff = backoff_us(h, f, named);
	}
	begin_anew(h, now);
	extend_hold(h, f, named > backoff ? named : backoff, now);
	h->over_limit = named > f->max_us || h->row >= HOLD_ROW_MAX;
	return HOLD_BEGAN;
}

/* An answer to a request that started before the hold began. */
static enum hold_change
join_hold(struct hold *h, const struct hold_facts *f, int64_t now)
{
	int64_t wait = named_us(f);

	if (wait >= 0)
		extend_hold(h, f, wait, now);
	if (wait > f->max_us)
		h->over_limit = true;
	return f->refused ? HOLD_JOINED : HOLD_SAME;
}

/* Note how many requests the quota lets start before an answer says more. The
 * server may not have counted those in flight yet, so they are taken off; each
 * answer corrects that. */
static void
note_left(struct hold *h, const struct hold_facts *f, int64_t now)
{
	const struct quota *q = f->quota;

	h->left_us = INT64_MIN;
	if (!q || q->remaining < 0 || q->reset_us <= 0 ||
	    q->reset_us > f->max_us)
		return;
	h->left = q->remaining - (int64_t)f->flying;
	h->left_us = now + q->reset_us;
}

static bool
is_low(const struct quota *q)
{
	if (q->limit < 0)
		return q->remaining <= LOW_UNKNOWN;
	return q->remaining <= q->limit / LOW_SHARE;
}

/* Spread the starts that a low quota has left over the rest of its window, if
 * more than these wait. As above, those in flight are taken off. */
static enum hold_change
spread_starts(struct hold *h, const struct hold_facts *f, int64_t now)
{
	const struct quota *q = f->quota;
	bool was_spread = h->spread_before;
	int64_t left;

	if (!q || q->remaining < 0)
		return HOLD_SAME;
	h->step_us = 0;
	if (q->reset_us <= 0 || q->reset_us > f->max_us || !is_low(q) ||
	    (uint64_t)q->remaining >= f->waiting)
		return HOLD_SAME;
	left = q->remaining - (int64_t)f->flying;
	h->step_us = q->reset_us / (left > 0 ? left : 1);
	h->spread_us = now + q->reset_us;
	h->spread_before = true;
	return was_spread ? HOLD_SAME : HOLD_SPREAD;
}

enum hold_change
hold_read(struct hold *h, const struct hold_facts *f, int64_t now)
{
	bool belongs = f->started_us <= h->began_us;

	if (!f->refused && !belongs)
		h->row = 0;
	if (belongs && (f->refused || named_us(f) >= 0))
		return join_hold(h, f, now);
	if (named_us(f) > 0 || (f->refused && f->max_us))
		return begin_hold(h, f, now);
	if (f->refused)
		return HOLD_SAME;
	note_left(h, f, now);
	return spread_starts(h, f, now);
}

enum hold_change
hold_join_others(struct hold *h, int64_t until_us, int64_t max_us, int64_t now)
{
	bool is_held = h->until_us > now;
	int64_t longer = until_us - (is_held ? h->until_us : now);

	if (longer <= 0)
		return HOLD_SAME;
	if (!is_held)
		begin_anew(h, now);
	/* Our own hold may come back to us, a little later for its way: what is
	 * known of it is still right. */
	if (!is_held || longer > ECHO_US) {
		h->source = NULL;
		h->status = 0;
		h->backs_off = false;
		h->over_limit = until_us - now > max_us;
	}
	h->until_us = until_us;
	return is_held ? HOLD_JOINED : HOLD_BEGAN;
}

bool
hold_is_over_limit(const struct hold *h, int64_t now)
{
	return h->over_limit && h->until_us > now;
}

static int64_t
when_spread(const struct hold *h, int64_t now)
{
	int64_t at = h->start_us + h->step_us;

	if (!h->step_us || h->spread_us <= now)
		return now;
	return at < h->spread_us ? at : h->spread_us;
}

int64_t
hold_when(const struct hold *h, int64_t now)
{
	int64_t at = when_spread(h, now);

	if (h->until_us > at)
		at = h->until_us;
	if (h->left <= 0 && h->left_us > at)
		at = h->left_us;
	return at;
}

bool
hold_start(struct hold *h, int64_t now)
{
	bool first = h->resuming;

	h->resuming = false;
	h->start_us = now;
	h->left--;
	return first;
}
