/*
 * Tokens that are in use, by the moment at which they are free again. A heap
 * holds them in batches; the newest batch stands beside it, since with steady
 * traffic most tokens come back at the end.
 */
#include "config.h"

#include "schedule/rate.h"

#include <assert.h>
#include <stdlib.h>

#include "base/list.h"
#include "base/xalloc.h"

enum {
	/* A start that is late by less than this is made up for by the next:
	 * timers and the loop are that coarse. */
	EVEN_SLACK_US = 2000,
	/* Where there are more tokens than this, they come back in so many
	 * batches a period, so each later by a 65,536th of it at most. */
	BATCHES = 65536,
	/* Memory of so many batches stays allocated while there are none. */
	KEPT_EMPTY = 64
};

void
rate_init(struct rate *r)
{
	*r = (struct rate){.next_us = INT64_MIN / 2};
	heap_init(&r->batches);
}

void
rate_share(struct rate *r, struct rate_pool *pool)
{
	r->pool = pool;
}

static void
push_batch(struct rate *r, int64_t free_us, uint64_t count)
{
	struct rate_batch *b = xcalloc(1, sizeof(*b));

	b->count = count;
	heap_push(&r->batches, &b->free, free_us);
}

static void
pop_batch(struct rate *r)
{
	struct rate_batch *b =
	    container_of(heap_pop(&r->batches), struct rate_batch, free);

	r->spent -= b->count;
	free(b);
}

void
rate_release(struct rate *r)
{
	if (r->pool)
		rate_pool_close(r->pool);
	while (r->batches.len)
		pop_batch(r);
	heap_release(&r->batches);
	rate_init(r);
}

/* Free the memory that a burst needed, rather than keep it until the end of the
 * run. */
static void
shrink(struct rate *r)
{
	if (!r->batches.len && r->batches.cap > KEPT_EMPTY)
		heap_release(&r->batches);
}

static int64_t
first_batch(const struct rate *r)
{
	const struct heap_node *top = heap_top(&r->batches);

	return top ? top->at : RATE_NEVER;
}

/* Drop the batches whose tokens are free by now. */
static void
collect(struct rate *r, int64_t now)
{
	if (r->last_count && r->last_us <= now) {
		r->spent -= r->last_count;
		r->last_count = 0;
	}
	if (!r->batches.len || first_batch(r) > now)
		return;
	do
		pop_batch(r);
	while (r->batches.len && first_batch(r) <= now);
	shrink(r);
}

static int64_t
first_free(const struct rate *r)
{
	int64_t at = first_batch(r);

	if (r->last_count && r->last_us < at)
		at = r->last_us;
	return at;
}

/* The tokens are here: returns when one of them is free. */
static int64_t
when_own(struct rate *r, const struct rate_limit *limit, int64_t now)
{
	collect(r, now);
	return r->spent + r->taken >= limit->count ? first_free(r) : now;
}

int64_t
rate_when(struct rate *r, const struct rate_limit *limit, int64_t now)
{
	int64_t at;

	if (!limit->count)
		return now;
	at = r->pool ? rate_pool_when(r->pool, now) : when_own(r, limit, now);
	if (limit->even && r->next_us > at)
		at = r->next_us;
	return at;
}

/* Move the next evenly spaced start on by P / N; what a whole number of
 * microseconds leaves over is carried, so that the average is exact. */
static void
space_starts(struct rate *r, const struct rate_limit *limit, int64_t now)
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

struct rate_ticket
rate_take(struct rate *r, const struct rate_limit *limit, int64_t now)
{
	struct rate_ticket ticket = {NULL};

	if (!limit->count)
		return ticket;
	if (r->pool) {
		ticket.lease = rate_pool_take(r->pool, now);
	} else {
		assert(r->spent + r->taken < limit->count);
		r->taken++;
	}
	if (limit->even)
		space_starts(r, limit, now);
	return ticket;
}

int64_t
rate_wire_by(struct rate_ticket ticket)
{
	return ticket.lease ? rate_lease_ends(ticket.lease) : RATE_NEVER;
}

bool
rate_renew(struct rate *r, struct rate_ticket *ticket, int64_t now)
{
	struct rate_lease *lapsed = ticket->lease;

	if (now < rate_wire_by(*ticket))
		return true;
	ticket->lease = rate_pool_swap(r->pool, lapsed, now);
	return ticket->lease != lapsed;
}

static int64_t
round_up(int64_t at, int64_t grain)
{
	return grain > 1 ? (at + grain - 1) / grain * grain : at;
}

/* Give a token of our own back, which is free one period after `start_us`. */
static void
give_own(struct rate *r, const struct rate_limit *limit, int64_t start_us)
{
	int64_t at = start_us + limit->period_us;

	assert(r->taken > 0);
	if (limit->count > BATCHES)
		at = round_up(at, limit->period_us / BATCHES);
	r->taken--;
	rate_restore(r, 1, at);
}

void
rate_give(struct rate *r, const struct rate_limit *limit,
    struct rate_ticket ticket, int64_t wire_us)
{
	if (ticket.lease)
		rate_pool_give(r->pool, ticket.lease, wire_us);
	else if (limit->count)
		give_own(r, limit, wire_us);
}

void
rate_give_unused(struct rate *r, const struct rate_limit *limit,
    struct rate_ticket ticket, int64_t taken_us)
{
	if (ticket.lease)
		rate_pool_give_unused(r->pool, ticket.lease);
	else if (limit->count)
		give_own(r, limit, taken_us);
}

uint64_t
rate_bound(struct rate *r, int64_t now, int64_t *until)
{
	collect(r, now);
	*until = r->last_count ? r->last_us : now;
	for (size_t i = 0; i < r->batches.len; i++)
		if (r->batches.nodes[i]->at > *until)
			*until = r->batches.nodes[i]->at;
	return r->spent;
}

/* Regular traffic gives many tokens back in a row with the same moment: these
 * share the last batch, which stands outside the heap. */
void
rate_restore(struct rate *r, uint64_t count, int64_t at)
{
	if (r->last_count && r->last_us != at) {
		push_batch(r, r->last_us, r->last_count);
		r->last_count = 0;
	}
	r->last_us = at;
	r->last_count += count;
	r->spent += count;
}
