/*
 * Leases stand in two lists: those that last and those that have ended. From
 * top to bottom: leases and their end; who takes tokens; how many are wanted;
 * what the source is told and what it grants.
 */
#include "config.h"

#include "schedule/rate_pool.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum {
	/* Uses are reported as one that differ by less than so small a part of
	 * the period, all with the moment of the last. */
	GRAINS = 1000
};

void
rate_pool_init(struct rate_pool *p, int64_t period_us)
{
	*p = (struct rate_pool){.period_us = period_us};
	list_init(&p->leases);
	list_init(&p->ended);
}

static struct rate_lease *
lease_of(struct list *link)
{
	return container_of(link, struct rate_lease, link);
}

static void
lease_free(struct rate_lease *l)
{
	list_remove(&l->link);
	free(l->uses);
	free(l);
}

static void
free_leases(struct list *leases)
{
	while (!list_empty(leases))
		lease_free(lease_of(leases->next));
}

void
rate_pool_release(struct rate_pool *p)
{
	free_leases(&p->leases);
	free_leases(&p->ended);
}

/* --- the end of a lease --------------------------------------------------- */

static void
stir(struct rate_pool *p)
{
	if (p->stirred || !p->on_stir)
		return;
	p->stirred = true;
	p->on_stir(p->arg, p);
}

static void
end_lease(struct rate_pool *p, struct rate_lease *l)
{
	list_remove(&l->link);
	list_push_back(&p->ended, &l->link);
	l->has_ended = true;
	p->left -= l->left;
	p->lapsed += l->out;
	l->unused += l->left;
	l->left = 0;
}

/* End the leases whose time is over. */
static void
expire(struct rate_pool *p, int64_t now)
{
	while (
	    !list_empty(&p->leases) && lease_of(p->leases.next)->ends_us <= now)
		end_lease(p, lease_of(p->leases.next));
}

int64_t
rate_lease_ends(const struct rate_lease *l)
{
	return l->ends_us;
}

/* --- who takes tokens ----------------------------------------------------- */

/* Tokens for starts whose own have lapsed are kept back. */
int64_t
rate_pool_when(struct rate_pool *p, int64_t now)
{
	expire(p, now);
	return p->left > p->lapsed ? now : RATE_NEVER;
}

/* Take a token of the lease that ends first. */
static struct rate_lease *
take_first(struct rate_pool *p)
{
	LIST_FOREACH (at, &p->leases) {
		struct rate_lease *l = lease_of(at);

		if (!l->left)
			continue;
		l->left--;
		l->out++;
		p->left--;
		p->taken++;
		return l;
	}
	return NULL;
}

struct rate_lease *
rate_pool_take(struct rate_pool *p, int64_t now)
{
	struct rate_lease *l;

	expire(p, now);
	l = take_first(p);
	assert(l);
	return l;
}

/* A token that was taken is out no more. */
static void
come_back(struct rate_pool *p, struct rate_lease *l)
{
	assert(l->out > 0);
	l->out--;
	if (l->has_ended)
		p->lapsed--;
}

struct rate_lease *
rate_pool_swap(struct rate_pool *p, struct rate_lease *lapsed, int64_t now)
{
	struct rate_lease *l;

	expire(p, now);
	l = take_first(p);
	if (!l)
		return lapsed;
	come_back(p, lapsed);
	lapsed->unused++;
	return l;
}

static void
add_use(struct rate_lease *l, int64_t at, int64_t grain)
{
	struct rate_use *last = l->uses_len ? &l->uses[l->uses_len - 1] : NULL;

	if (!last || at >= last->at_us + grain) {
		l->uses = xgrow(l->uses, l->uses_len, sizeof(*l->uses));
		l->uses[l->uses_len++] = (struct rate_use){at, 1};
		return;
	}
	/* Where moments were told in another order the later one counts. */
	if (at > last->at_us)
		last->at_us = at;
	last->count++;
}

void
rate_pool_give(struct rate_pool *p, struct rate_lease *l, int64_t at)
{
	come_back(p, l);
	add_use(l, at, p->period_us / GRAINS);
	stir(p);
}

/* A token of a lease that lasts may be taken by the next start. */
void
rate_pool_give_unused(struct rate_pool *p, struct rate_lease *l)
{
	come_back(p, l);
	if (l->has_ended) {
		l->unused++;
		stir(p);
		return;
	}
	l->left++;
	p->left++;
}

void
rate_pool_close(struct rate_pool *p)
{
	p->closed = true;
	p->taker = NULL;
	p->waiting = 0;
	if (p->on_close)
		p->on_close(p->arg, p);
}

/* --- how many are wanted -------------------------------------------------- */

static uint64_t
larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* How many tokens to have: for as many starts as of late, since so many are to
 * be expected until the next grant, and for those who wait: there may be more
 * behind them than are told, but no more than can start. */
static uint64_t
need(const struct rate_pool *p)
{
	uint64_t recent = larger(p->taken, p->taken_before);
	uint64_t most = larger(larger(p->room, recent), 1);

	if (p->closed)
		return 0;
	return recent + (p->waiting < most ? p->waiting : most);
}

uint64_t
rate_pool_want(struct rate_pool *p, int64_t now)
{
	uint64_t all;

	expire(p, now);
	all = need(p) + p->lapsed;
	return all > p->left ? all - p->left : 0;
}

static uint64_t
surplus(const struct rate_pool *p)
{
	uint64_t all = need(p) + p->lapsed;

	return p->left > all ? p->left - all : 0;
}

void
rate_pool_demand(
    struct rate_pool *p, uint64_t waiting, uint64_t room, int64_t now)
{
	p->waiting = waiting;
	p->room = room;
	if (waiting && !p->stirred && rate_pool_want(p, now))
		stir(p);
}

/* --- what the source is told and what it grants --------------------------- */

static bool
has_news(const struct rate_lease *l)
{
	return l->unused || l->uses_len;
}

static bool
have_news(const struct list *leases)
{
	LIST_FOREACH (at, leases)
		if (has_news(lease_of(at)))
			return true;
	return false;
}

bool
rate_pool_is_busy(struct rate_pool *p, int64_t now)
{
	bool busy = rate_pool_want(p, now) || surplus(p) ||
	            have_news(&p->ended) || have_news(&p->leases);

	if (!busy)
		p->stirred = false;
	return busy;
}

/* Give back what is not needed, first of what ends first. */
static void
give_surplus(struct rate_pool *p)
{
	uint64_t rest = surplus(p);

	LIST_FOREACH (at, &p->leases) {
		struct rate_lease *l = lease_of(at);
		uint64_t n = l->left < rest ? l->left : rest;

		l->left -= n;
		l->unused += n;
		p->left -= n;
		rest -= n;
	}
}

static void
forget_news(struct rate_lease *l)
{
	l->unused = 0;
	l->uses_len = 0;
	free(l->uses);
	l->uses = NULL;
}

struct telling {
	size_t most;
	void (*tell)(void *arg, const struct rate_report *);
	void *arg;
};

static void
tell_of(const struct rate_lease *l, struct telling *t)
{
	const struct rate_report report = {
	    .lease = l->name,
	    .unused = l->unused,
	    .uses = l->uses,
	    .uses_len = l->uses_len,
	};

	t->tell(t->arg, &report);
	t->most--;
}

static void
tell_of_all(
    struct rate_pool *p, struct list *leases, struct telling *t, int64_t now)
{
	LIST_FOREACH_SAFE (at, behind, leases) {
		struct rate_lease *l = lease_of(at);
		bool is_over = l->ends_us + p->period_us <= now;

		if (has_news(l) && !is_over) {
			if (!t->most)
				return;
			tell_of(l, t);
		}
		forget_news(l);
		if (!l->left && !l->out)
			lease_free(l);
	}
}

void
rate_pool_report(struct rate_pool *p, size_t most,
    void (*tell)(void *arg, const struct rate_report *), void *arg, int64_t now)
{
	struct telling t = {most, tell, arg};

	expire(p, now);
	give_surplus(p);
	tell_of_all(p, &p->ended, &t, now);
	tell_of_all(p, &p->leases, &t, now);
	p->taken_before = p->taken;
	p->taken = 0;
	p->stirred = false;
}

static void
insert_lease(struct rate_pool *p, struct rate_lease *l)
{
	struct list *at = &p->leases;

	while (
	    at->prev != &p->leases && lease_of(at->prev)->ends_us > l->ends_us)
		at = at->prev;
	list_insert_before(at, &l->link);
}

void
rate_pool_grant(struct rate_pool *p, const struct rate_grant *grant)
{
	struct rate_lease *l;

	if (!grant->count)
		return;
	l = xcalloc(1, sizeof(*l));
	strncpy(l->name, grant->lease, sizeof(l->name) - 1);
	l->ends_us = grant->ends_us;
	l->left = grant->count;
	p->left += grant->count;
	insert_lease(p, l);
}
