/*
 * The life of an origin, the table of bars, and the counts that starts and
 * ends of flights change. A bar answers one question: from when on does it let
 * one more request start? The latest answer counts.
 */
#include "config.h"

#include "schedule/origin.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"

/* After so long without a connection a cold origin gets one more leader. */
#define LEADER_US (1 * CLOCK_SECOND)
/* After so long servers have closed idle connections: the origin is cold. */
#define COLD_US (60 * CLOCK_SECOND)

enum {
	AUTO_KEEP = 80 /* percent of the window, when -P auto lowers it */
};

/* Returns how many of an origin's requests may ever fly at once. */
static unsigned
window_ceiling(const struct sched_options *o)
{
	unsigned most = o->parallel_auto ? o->parallel_max : o->parallel;

	if (o->parallel_per_host && o->parallel_per_host < most)
		return o->parallel_per_host;
	/* P itself is not a limit of the origin: with it an origin would count
	 * as full, not as ready, whenever the run is full, and its items would
	 * be charged with waiting for the origin. */
	return o->parallel_auto ? most : UINT_MAX;
}

void
origin_renew(struct origin *o, const struct sched_options *options)
{
	unsigned ceiling = window_ceiling(options);

	o->gated = options->gate_cold_https &&
	           strncmp(o->name, "https:", strlen("https:")) == 0;
	o->warm = false;
	o->breaker = (struct breaker){0};
	o->retries = (struct budget){0};
	o->budget_announced = false;
	window_init(&o->window,
	    options->parallel_auto ? options->parallel : ceiling, ceiling);
	if (options->parallel_auto)
		o->window.keep = AUTO_KEEP;
}

/* Take the tokens of its rate from elsewhere, if that is wanted. */
static void
share_rate(struct origin *o, const struct sched_options *options)
{
	const struct rate_source *source = options->source;

	if (!source || !options->host_rate.count)
		return;
	rate_share(
	    &o->rate, source->open(source->arg, o->name, &options->host_rate));
	o->rate.pool->taker = o;
}

struct origin *
origin_new(const char *name, const struct sched_options *options)
{
	struct origin *o = xcalloc(1, sizeof(*o));

	o->name = name;
	list_init(&o->link);
	list_init(&o->unannounced);
	list_init(&o->again);
	list_init(&o->fresh);
	list_init(&o->delayed);
	rate_init(&o->rate);
	hold_init(&o->hold);
	ration_init(&o->ration);
	origin_renew(o, options);
	share_rate(o, options);
	return o;
}

void
origin_free(struct origin *o)
{
	if (!o)
		return;
	list_remove(&o->unannounced);
	rate_release(&o->rate);
	free(o);
}

static int64_t
when_window(struct origin *o, const struct sched_options *options, int64_t now)
{
	(void)options;
	return window_is_full(&o->window, o->flying) ||
	               !ration_allows(&o->ration, o->flying)
	           ? INT64_MAX
	           : now;
}

static int64_t
when_hold(struct origin *o, const struct sched_options *options, int64_t now)
{
	return options->polite ? hold_when(&o->hold, now) : now;
}

static int64_t
when_breaker(struct origin *o, const struct sched_options *options, int64_t now)
{
	(void)options;
	return breaker_when(&o->breaker, now);
}

static int64_t
when_token(struct origin *o, const struct sched_options *options, int64_t now)
{
	return rate_when(&o->rate, &options->host_rate, now);
}

/* The gate: as long as an origin with HTTP/2 is cold, one request leads and
 * makes the connection, so that the others can share it; each second that this
 * takes lets one more go. */
static int64_t
when_gate(struct origin *o, const struct sched_options *options, int64_t now)
{
	(void)options;
	return o->gated && !o->warm && o->unwired ? o->lead_us + LEADER_US
	                                          : now;
}

/* Whatever can keep an origin's request from starting: when it lets one start,
 * and what the request is said to wait for. */
static const struct bar {
	int64_t (*when)(struct origin *, const struct sched_options *, int64_t);
	enum wait_reason reason;
} bars[] = {
    {when_window, WAIT_HOST},
    {when_hold, WAIT_HOLD},
    {when_breaker, WAIT_HOLD},
    {when_gate, WAIT_HOST},
    {when_token, WAIT_RATE},
};

/* A pool is asked for tokens when nothing else keeps an item from starting, so
 * that moment must not be missed for the lack of one. */
static bool
is_asked_later(const struct origin *o, const struct bar *bar, bool is_barred)
{
	return is_barred && bar->when == when_token && o->rate.pool;
}

/* Returns the bar that lifts last, and moves *at, which is now, to when it
 * does. NULL: none is down. */
static const struct bar *
latest_bar(struct origin *o, const struct sched_options *options, int64_t *at)
{
	const struct bar *latest = NULL;
	int64_t now = *at;

	for (size_t i = 0; i < sizeof(bars) / sizeof(bars[0]); i++) {
		int64_t when = bars[i].when(o, options, now);

		if (when <= *at || is_asked_later(o, &bars[i], latest))
			continue;
		*at = when;
		latest = &bars[i];
	}
	return latest;
}

int64_t
origin_when(struct origin *o, const struct sched_options *options, int64_t now)
{
	latest_bar(o, options, &now);
	return now;
}

enum wait_reason
origin_reason(
    struct origin *o, const struct sched_options *options, int64_t now)
{
	const struct bar *bar = latest_bar(o, options, &now);

	return bar ? bar->reason : WAIT_PLACE;
}

/* Is there a bar, beside the missing token, that keeps items from starting? */
static bool
lacks_more_than_a_token(
    struct origin *o, const struct sched_options *options, int64_t now)
{
	for (size_t i = 0; i < sizeof(bars) / sizeof(bars[0]); i++)
		if (bars[i].when != when_token &&
		    bars[i].when(o, options, now) > now)
			return true;
	return false;
}

void
origin_demand(
    struct origin *o, const struct sched_options *options, int64_t now)
{
	unsigned most = o->window.limit < options->parallel ? o->window.limit
	                                                    : options->parallel;
	size_t waiting =
	    lacks_more_than_a_token(o, options, now) ? 0 : o->queued;

	rate_pool_demand(o->rate.pool, waiting,
	    o->flying < most ? most - o->flying : 0, now);
}

void
origin_start(struct origin *o, int64_t now)
{
	if (!o->flying && now - o->landed_us > COLD_US)
		o->warm = false;
	if (!o->warm)
		o->lead_us = now;
	o->flying++;
	o->unwired++;
	window_use(&o->window, o->flying);
}

void
origin_on_wire(struct origin *o)
{
	o->unwired--;
	o->warm = true;
}

void
origin_land(struct origin *o, enum origin_wire wire, int64_t now)
{
	o->flying--;
	if (wire == ORIGIN_UNWIRED)
		o->unwired--;
	o->landed_us = now;
}

void
origin_cool(struct origin *o)
{
	o->warm = false;
}
