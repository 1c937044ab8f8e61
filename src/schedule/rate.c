#include "config.h"

#include "schedule/rate.h"

#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"

enum {
	/* Below this a start that is late is made up for: timers and turns of
	 * the loop are that coarse. */
	EVEN_SLACK_US = 2000,
	/* With more tokens than this, they come back in so many batches a
	 * period: each later by a 65,536th of it at most. */
	BATCHES = 65536,
	SMALLEST = 8,
	KEPT_EMPTY = 64
};

void
rate_init(struct rate *r)
{
	*r = (struct rate){.next_us = INT64_MIN / 2};
}

void
rate_release(struct rate *r)
{
	free(r->batches);
	rate_init(r);
}

static void
push(struct rate *r, struct rate_batch batch)
{
	size_t i;

	if (r->len == r->cap) {
		r->cap = r->cap ? r->cap * 2 : SMALLEST;
		r->batches =
		    xreallocarray(r->batches, r->cap, sizeof(*r->batches));
	}
	for (i = r->len++; i > 0; i = (i - 1) / 2) {
		if (r->batches[(i - 1) / 2].free_us <= batch.free_us)
			break;
		r->batches[i] = r->batches[(i - 1) / 2];
	}
	r->batches[i] = batch;
}

static void
pop(struct rate *r)
{
	struct rate_batch moved = r->batches[--r->len];
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < r->len &&
		    r->batches[child + 1].free_us < r->batches[child].free_us)
			child++;
		if (child >= r->len ||
		    moved.free_us <= r->batches[child].free_us)
			break;
		r->batches[i] = r->batches[child];
		i = child;
	}
	r->batches[i] = moved;
}

/* A burst's memory isn't kept for the rest of the run. */
static void
shrink(struct rate *r)
{
	if (r->len || r->cap <= KEPT_EMPTY)
		return;
	free(r->batches);
	r->batches = NULL;
	r->cap = 0;
}

/* Tokens that are free by now need no entry. */
static void
collect(struct rate *r, int64_t now)
{
	if (r->last.count && r->last.free_us <= now) {
		r->spent -= r->last.count;
		r->last.count = 0;
	}
	if (!r->len || r->batches[0].free_us > now)
		return;
	do {
		r->spent -= r->batches[0].count;
		pop(r);
	} while (r->len && r->batches[0].free_us <= now);
	shrink(r);
}

static int64_t
first_free(const struct rate *r)
{
	int64_t at = r->len ? r->batches[0].free_us : RATE_NEVER;

	if (r->last.count && r->last.free_us < at)
		at = r->last.free_us;
	return at;
}

int64_t
rate_when(struct rate *r, const struct rate_limit *limit, int64_t now)
{
	int64_t at = now;

	if (!limit->count)
		return now;
	collect(r, now);
	if (r->spent + r->taken >= limit->count)
		at = first_free(r);
	if (limit->even && r->next_us > at)
		at = r->next_us;
	return at;
}

static void
space(struct rate *r, const struct rate_limit *limit, int64_t now)
{
	uint64_t period = (uint64_t)limit->period_us;

	if (r->next_us < now - EVEN_SLACK_US)
		r->next_us = now;
	r->next_us += (int64_t)(period / limit->count);
	r->carry += period % limit->count;
	if (r->carry >= limit->count) {
		r->carry -= limit->count;
		r->next_us++;
	}
}

void
rate_take(struct rate *r, const struct rate_limit *limit, int64_t now)
{
	if (!limit->count)
		return;
	assert(r->spent + r->taken < limit->count);
	r->taken++;
	if (limit->even)
		space(r, limit, now);
}

static int64_t
round_up(int64_t at, int64_t grain)
{
	return grain > 1 ? (at + grain - 1) / grain * grain : at;
}

void
rate_give(struct rate *r, const struct rate_limit *limit, int64_t start_us)
{
	int64_t at = start_us + limit->period_us;

	if (!limit->count)
		return;
	assert(r->taken > 0);
	if (limit->count > BATCHES)
		at = round_up(at, limit->period_us / BATCHES);
	r->taken--;
	rate_restore(r, 1, at);
}

uint64_t
rate_bound(struct rate *r, int64_t now, int64_t *until)
{
	collect(r, now);
	*until = r->last.count ? r->last.free_us : now;
	for (size_t i = 0; i < r->len; i++)
		if (r->batches[i].free_us > *until)
			*until = r->batches[i].free_us;
	return r->spent;
}

void
rate_restore(struct rate *r, uint64_t count, int64_t at)
{
	if (r->last.count && r->last.free_us != at) {
		push(r, r->last);
		r->last.count = 0;
	}
	r->last.free_us = at;
	r->last.count += count;
	r->spent += count;
}
