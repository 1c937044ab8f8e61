#include "config.h"

#include "schedule/hold.h"

#include "base/clock.h"

enum {
	LOW_UNKNOWN = 10, /* so few left are few if the limit is unknown */
	LOW_SHARE = 10    /* else a tenth of it */
};

#define BACKOFF_US CLOCK_SECOND

void
hold_init(struct hold *h)
{
	*h = (struct hold){
	    .began_us = INT64_MIN, .until_us = INT64_MIN, .left_us = INT64_MIN};
}

/* The wait that the answer asks for; -1: none. */
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

/* Half a second more for each second, but no more than `most`: jitter is what
 * may be more, or near `most` what may be less. */
static int64_t
jittered(int64_t us, int64_t most, uint64_t random)
{
	int64_t top = us < most - us / 2 ? us + us / 2 : most;
	int64_t bottom = top - top / 3;

	return bottom + (int64_t)(random % ((uint64_t)(top - bottom) + 1));
}

/* What a refusal is given at least: a back-off where it names nothing, and
 * where it names too little again and again. */
static int64_t
backoff_us(const struct hold *h, const struct hold_facts *f, int64_t named)
{
	unsigned row = named > 0 && !h->was_too_short ? h->row - 1U : h->row;
	int64_t us = row ? BACKOFF_US << (row - 1) : 0;

	if (named >= us)
		return 0;
	us = jittered(us, f->backoff_max_us, f->random);
	return us < f->max_us ? us : f->max_us;
}

/* Hold for `us` from `now` on, if that is longer: `us` is what the answer
 * names, or a back-off. */
static void
extend(struct hold *h, const struct hold_facts *f, int64_t us, int64_t now)
{
	int64_t named = named_us(f);

	if (now + us <= h->until_us)
		return;
	h->until_us = now + us;
	h->source = named > 0 ? f->quota->source : NULL;
	h->backs_off = us > named;
	h->status = (short)f->status;
}

static enum hold_change
begin(struct hold *h, const struct hold_facts *f, int64_t now)
{
	int64_t named = named_us(f);
	int64_t backoff = 0;

	if (f->refused) {
		if (h->row < HOLD_ROW_MAX)
			h->row++;
		h->was_too_short |= named > 0 && h->row > 1;
		backoff = backoff_us(h, f, named);
	}
	h->began_us = now;
	h->count++;
	h->resuming = true;
	h->announced = false;
	h->step_us = 0;
	h->left_us = INT64_MIN;
	extend(h, f, named > backoff ? named : backoff, now);
	h->over_limit = named > f->max_us || h->row >= HOLD_ROW_MAX;
	return HOLD_BEGAN;
}

static enum hold_change
join(struct hold *h, const struct hold_facts *f, int64_t now)
{
	int64_t wait = named_us(f);

	if (wait >= 0)
		extend(h, f, wait, now);
	if (wait > f->max_us)
		h->over_limit = true;
	return f->refused ? HOLD_JOINED : HOLD_SAME;
}

/* What may start before an answer tells more. Those in flight may not have
 * been counted yet; each answer corrects that. */
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

/* Spread what is left over the rest of the window, if what waits needs more
 * than that; those in flight may not have been counted yet. */
static enum hold_change
spread(struct hold *h, const struct hold_facts *f, int64_t now)
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
		return join(h, f, now);
	if (named_us(f) > 0 || (f->refused && f->max_us))
		return begin(h, f, now);
	if (f->refused)
		return HOLD_SAME;
	note_left(h, f, now);
	return spread(h, f, now);
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
