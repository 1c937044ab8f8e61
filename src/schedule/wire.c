/*
 * Taken at the start, used on the wire: what becomes of the tokens of an item,
 * whether they are the scheduler's own or come from a pool.
 */
#include "config.h"

#include "schedule/wire.h"

#include <assert.h>

void
wire_attach(struct sched *s)
{
	const struct rate_source *source = s->options.source;

	if (!source)
		return;
	source->attach(source->arg, s);
	if (s->options.rate.count)
		rate_share(&s->rate,
		    source->open(source->arg, NULL, &s->options.rate));
}

void
wire_demand(struct sched *s, int64_t now)
{
	size_t room = s->flying < s->parallel ? s->parallel - s->flying : 0;

	if (s->rate.pool)
		rate_pool_demand(s->rate.pool,
		    s->scope == SCHED_ALL ? s->ahead : 0, room, now);
}

void
wire_take(struct sched *s, struct sched_item *item, int64_t now)
{
	item->token = rate_take(&s->rate, &s->options.rate, now);
	item->host_token =
	    rate_take(&item->origin->rate, &s->options.host_rate, now);
}

void
wire_give_back(struct sched *s, struct sched_item *item)
{
	rate_give_unused(
	    &s->rate, &s->options.rate, item->token, item->started_us);
	rate_give_unused(&item->origin->rate, &s->options.host_rate,
	    item->host_token, item->started_us);
}

/* A repeat counts as a start at the server, so it needs tokens of its own. */
static bool
take_for_repeat(struct sched *s, struct sched_item *item, int64_t now)
{
	if (rate_when(&s->rate, &s->options.rate, now) > now ||
	    rate_when(&item->origin->rate, &s->options.host_rate, now) > now)
		return false;
	wire_take(s, item, now);
	return true;
}

int64_t
sched_wire_by(const struct sched_item *item)
{
	int64_t run = rate_wire_by(item->token);
	int64_t host = rate_wire_by(item->host_token);

	return run < host ? run : host;
}

bool
sched_renew(struct sched *s, struct sched_item *item, int64_t now)
{
	return rate_renew(&s->rate, &item->token, now) &&
	       rate_renew(&item->origin->rate, &item->host_token, now);
}

/* A request with its tokens is on the wire. */
static void
use_tokens(struct sched *s, struct sched_item *item, int64_t wire_us)
{
	struct origin *o = item->origin;

	rate_give(&s->rate, &s->options.rate, item->token, wire_us);
	rate_give(&o->rate, &s->options.host_rate, item->host_token, wire_us);
	queue_reschedule(s, o, wire_us);
}

void
sched_sent(struct sched *s, struct sched_item *item, int64_t wire_us)
{
	assert(item->place == PLACE_FLYING && !item->on_wire);
	item->on_wire = true;
	origin_on_wire(item->origin);
	use_tokens(s, item, wire_us);
}

bool
sched_on_wire(struct sched *s, struct sched_item *item, int64_t now)
{
	assert(item->place == PLACE_FLYING);
	if (item->on_wire) {
		if (!take_for_repeat(s, item, now))
			return false;
		use_tokens(s, item, now);
		return true;
	}
	if (!sched_renew(s, item, now))
		return false;
	sched_sent(s, item, now);
	return true;
}

void
sched_granted(struct sched *s, struct rate_pool *pool, int64_t now)
{
	if (pool->taker)
		queue_reschedule(s, pool->taker, now);
}
