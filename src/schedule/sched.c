/*
 * The scheduler. From top to bottom: an item; the life of a scheduler; notices
 * to the user; adding and removing items; admission; what the end of a flight
 * says about its origin; questions of the caller. Queues are in queue.c, and
 * what an origin learns is in origin.c, hold.c, breaker.c, window.c and
 * rate.c.
 */
#include "config.h"

#include "schedule/sched.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "schedule/queue.h"
#include "schedule/wire.h"

enum {
	AHEAD_MIN = 64,         /* items read ahead, however small P is */
	PARKED_MAX = 65536,     /* items, by default */
	PARKED_BYTES = 32 << 20 /* by default */
};

/* A shorter hold is announced for the first time only. */
#define LASTING_US (5 * CLOCK_SECOND)
/* A hold is announced so long after it began: by then most answers that were in
 * flight have come, so the number of waiting items in the message is right. */
#define SETTLE_US (50 * CLOCK_MS)

void
sched_item_init(struct sched_item *item)
{
	*item = (struct sched_item){.place = PLACE_NOWHERE};
	list_init(&item->link);
}

bool
sched_item_is_flying(const struct sched_item *item)
{
	return item->place == PLACE_FLYING;
}

bool
sched_item_is_inside(const struct sched_item *item)
{
	return item->place != PLACE_NOWHERE;
}

/* Take the options over, with their defaults, and forget what -P auto and the
 * budgets have learnt. */
static void
take_options(struct sched *s, const struct sched_options *options)
{
	struct sched_options *o = &s->options;

	*o = *options;
	if (!o->parallel)
		o->parallel = 1;
	if (!o->parallel_max)
		o->parallel_max = SCHED_AUTO_MAX;
	if (!o->parked_max)
		o->parked_max = PARKED_MAX;
	if (!o->parked_bytes)
		o->parked_bytes = PARKED_BYTES;
	s->parallel = o->parallel_auto ? o->parallel_max : o->parallel;
	s->lowered_us = INT64_MIN;
	s->scope = SCHED_ALL;
	s->retries = (struct budget){0};
}

struct sched *
sched_new(const struct sched_options *options)
{
	struct sched *s = xcalloc(1, sizeof(*s));

	take_options(s, options);
	directory_init(&s->directory);
	heap_init(&s->ready);
	heap_init(&s->timed);
	heap_init(&s->delayed);
	list_init(&s->rejected);
	list_init(&s->unannounced);
	rate_init(&s->rate);
	wire_attach(s);
	return s;
}

void
sched_free(struct sched *s)
{
	if (!s)
		return;
	rate_release(&s->rate);
	heap_release(&s->delayed);
	heap_release(&s->timed);
	heap_release(&s->ready);
	directory_release(&s->directory);
	if (s->options.source)
		s->options.source->attach(s->options.source->arg, NULL);
	free(s);
}

void
sched_reuse(struct sched *s, const struct sched_options *options)
{
	assert(!s->flying && !s->waiting && !s->rejected_len);
	take_options(s, options);
	directory_renew(&s->directory, &s->options);
}

/* --- notices to the user -------------------------------------------------- */

static void
announce(const struct sched *s, const struct sched_notice *n)
{
	if (s->options.notice)
		s->options.notice(s->options.notice_arg, n);
}

/* A notice about the hold of `o`; about its breaker, `until_us` is another. */
static struct sched_notice
notice_about(
    const struct origin *o, enum sched_notice_kind kind, size_t waiting)
{
	return (struct sched_notice){
	    .kind = kind,
	    .origin = o->name,
	    .waiting = waiting,
	    .until_us = o->hold.until_us,
	    .status = o->hold.status,
	    .row = o->hold.row,
	    .source = o->hold.source,
	    .backs_off = o->hold.backs_off,
	    .dns = o->breaker.cause == BREAKER_NAME,
	    .since_us = o->breaker.since_us,
	};
}

/* Returns whether to announce a hold that applies at `now`. */
static bool
is_worth_announcing(const struct hold *h, int64_t now)
{
	return !h->announced && h->until_us > now &&
	       (h->count == 1 || h->until_us - now >= LASTING_US - SETTLE_US);
}

/* Have the hold of `o` announced a little later (SETTLE_US). */
static void
notice_hold(struct sched *s, struct origin *o, int64_t now)
{
	if (!is_worth_announcing(&o->hold, now) || !list_empty(&o->unannounced))
		return;
	list_push_back(&s->unannounced, &o->unannounced);
}

static void
announce_hold(struct sched *s, struct origin *o, int64_t now)
{
	struct sched_notice n = notice_about(o, SCHED_NOTICE_HOLD, o->waiting);

	list_remove(&o->unannounced);
	if (!o->waiting || !is_worth_announcing(&o->hold, now))
		return;
	o->hold.announced = true;
	announce(s, &n);
}

/* Announce the holds that are due; returns when the next one is. */
static int64_t
notice_due(struct sched *s, int64_t now)
{
	int64_t first = RATE_NEVER;

	LIST_FOREACH_SAFE (l, next, &s->unannounced) {
		struct origin *o = container_of(l, struct origin, unannounced);
		int64_t at = o->hold.began_us + SETTLE_US;

		if (at <= now)
			announce_hold(s, o, now);
		else if (at < first)
			first = at;
	}
	return first;
}

static void
notice_spread(
    const struct sched *s, const struct origin *o, const struct quota *q)
{
	struct sched_notice n =
	    notice_about(o, SCHED_NOTICE_SPREAD, o->waiting);

	n.until_us = o->hold.spread_us;
	n.source = q->source;
	announce(s, &n);
}

static bool
is_about_breaker(enum sched_notice_kind kind)
{
	return kind == SCHED_NOTICE_DOWN || kind == SCHED_NOTICE_DEAD ||
	       kind == SCHED_NOTICE_UP;
}

static void
notice_origin(const struct sched *s, const struct origin *o,
    enum sched_notice_kind kind, int64_t now)
{
	struct sched_notice n = notice_about(o, kind, o->waiting);

	if (is_about_breaker(kind))
		n.until_us = o->breaker.probe_us;
	if (n.until_us < now)
		n.until_us = -1;
	announce(s, &n);
}

/* Announce, once, that so many items are parked that reading stops. */
static void
notice_parked(struct sched *s)
{
	struct sched_notice n = {
	    .kind = SCHED_NOTICE_PARKED,
	    .waiting = s->waiting - s->ahead,
	    .until_us = -1,
	    .since_us = -1,
	};

	if (s->noticed_parked)
		return;
	s->noticed_parked = true;
	announce(s, &n);
}

/* --- adding and removing -------------------------------------------------- */

/* The item leaves the scheduler, and its origin if it was the last there. */
static void
leave_origin(struct sched *s, struct sched_item *item, int64_t now)
{
	struct origin *o = item->origin;

	item->place = PLACE_NOWHERE;
	item->origin = NULL;
	if (--o->inside == 0)
		directory_leave(&s->directory, o, now);
}

/* Returns whether an item for `o` would only wait to fail, and why. */
static bool
must_reject(const struct sched *s, const struct origin *o, int64_t now,
    enum sched_reject_reason *reason)
{
	*reason = SCHED_REJECT_DOWN;
	if (breaker_is_dead(&o->breaker, now))
		return true;
	*reason = SCHED_REJECT_HOLD;
	return s->options.polite && hold_is_over_limit(&o->hold, now);
}

/* Parked items wait for their own origin. There is room for many, so that the
 * requests behind them in the list can be read; but memory has an end. */
static bool
is_parking_full(const struct sched *s)
{
	return s->waiting - s->ahead >= s->options.parked_max ||
	       s->waiting_bytes - s->ahead_bytes >= s->options.parked_bytes;
}

static void
place_item(struct sched *s, struct sched_item *item, int64_t due, int64_t now)
{
	enum sched_reject_reason reason;

	if (must_reject(s, item->origin, now, &reason))
		queue_reject_one(s, item, reason, now);
	else if (due > now)
		queue_delay(s, item, due);
	else
		queue_enter(s, item, now);
	if (s->options.polite)
		notice_hold(s, item->origin, now);
	if (is_parking_full(s))
		notice_parked(s);
}

void
sched_add(struct sched *s, struct sched_item *item, const char *origin,
    enum sched_rank rank, int64_t due, int64_t now)
{
	struct origin *o =
	    directory_enter(&s->directory, origin, &s->options, now);

	assert(item->place == PLACE_NOWHERE);
	o->inside++;
	item->origin = o;
	item->rank = (unsigned char)rank;
	if (rank == SCHED_RETRY) {
		o->retries.extra++;
		s->retries.extra++;
	}
	place_item(s, item, due, now);
}

static void
take_rejected(struct sched *s, struct sched_item *item)
{
	list_remove(&item->link);
	s->rejected_len--;
}

void
sched_remove(struct sched *s, struct sched_item *item, int64_t now)
{
	if (item->place == PLACE_NOWHERE)
		return;
	assert(item->place != PLACE_FLYING);
	if (item->place == PLACE_REJECTED) {
		take_rejected(s, item);
	} else {
		queue_leave(s, item);
		queue_reschedule(s, item->origin, now);
	}
	leave_origin(s, item, now);
}

void
sched_set_head(struct sched *s, struct sched_item *item)
{
	if (item->head)
		return;
	item->head = true;
	if (item->place != PLACE_QUEUED)
		return;
	list_remove(&item->link);
	list_push_front(&item->origin->again, &item->link);
	s->head = item;
}

void
sched_set_scope(struct sched *s, enum sched_scope scope)
{
	s->scope = scope;
}

/* --- admission ------------------------------------------------------------ */

/* All that an item needs to start is free: take it, in one step. */
static void
admit(struct sched *s, struct sched_item *item, int64_t now)
{
	struct origin *o = item->origin;

	queue_charge_wait(s, o, now);
	item->waits = waits_since(&o->clock.waits, &item->waits);
	queue_leave(s, item);
	item->place = PLACE_FLYING;
	item->on_wire = false;
	item->started_us = now;
	item->probe = breaker_start(&o->breaker);
	wire_take(s, item, now);
	if (item->rank != SCHED_RETRY) {
		o->retries.asked++;
		s->retries.asked++;
	}
	if (hold_start(&o->hold, now))
		notice_origin(s, o, SCHED_NOTICE_RESUME, now);
	s->flying++;
	o->last_start = s->starts++;
	origin_start(o, now);
	queue_reschedule(s, o, now);
}

/* Returns when the run has both a slot among -P and a token; RATE_NEVER: not
 * before a flight ends. */
static int64_t
run_when(struct sched *s, int64_t now)
{
	if (s->scope == SCHED_NOTHING || s->flying >= s->parallel)
		return RATE_NEVER;
	return rate_when(&s->rate, &s->options.rate, now);
}

/* From here on items of ready origins wait for a slot, or, if there is one, for
 * a token. */
static void
run_reason(struct sched *s, int64_t now)
{
	wait_clock_advance(&s->clock, now);
	s->clock.reason =
	    s->scope == SCHED_ALL && s->flying < s->parallel &&
	            rate_when(&s->rate, &s->options.rate, now) > now
	        ? WAIT_RATE
	        : WAIT_PLACE;
}

/* As queue_first, whose item has a token of its own rate. Where that came from
 * a pool, the origin may have lost it since it was found to be ready. */
static struct sched_item *
first_with_token(struct sched *s, int64_t now)
{
	struct sched_item *item = queue_first(s);

	while (item && item->origin->rate.pool &&
	       rate_pool_when(item->origin->rate.pool, now) > now) {
		queue_reschedule(s, item->origin, now);
		item = queue_first(s);
	}
	return item;
}

struct sched_item *
sched_next(struct sched *s, int64_t now)
{
	struct sched_item *item;

	queue_advance(s, now);
	run_reason(s, now);
	if (run_when(s, now) > now)
		return NULL;
	item = first_with_token(s, now);
	if (item)
		admit(s, item, now);
	return item;
}

/* --- the end of a flight: what it says about its origin ------------------- */

/* Report the outcome to the breaker of its origin. */
static enum breaker_change
report_to_breaker(struct breaker *b, const struct sched_item *item,
    enum sched_outcome outcome, int64_t now)
{
	enum breaker_cause cause =
	    outcome == SCHED_NO_NAME ? BREAKER_NAME : BREAKER_CONNECT;

	if (outcome == SCHED_ABORTED) {
		if (item->probe)
			breaker_forget_probe(b, now);
		return BREAKER_SAME;
	}
	if (outcome != SCHED_NO_NAME && outcome != SCHED_NO_CONNECT)
		return breaker_succeed(b);
	return item->probe ? breaker_fail_probe(b, cause, now)
	                   : breaker_fail(b, cause, now);
}

/* Report the outcome to the breaker, and act on what changes. */
static void
judge_breaker(struct sched *s, const struct sched_item *item,
    enum sched_outcome outcome, int64_t now)
{
	struct origin *o = item->origin;

	switch (report_to_breaker(&o->breaker, item, outcome, now)) {
	case BREAKER_SAME: break;
	case BREAKER_OPENED: notice_origin(s, o, SCHED_NOTICE_DOWN, now); break;
	case BREAKER_DIED:
		notice_origin(s, o, SCHED_NOTICE_DEAD, now);
		queue_reject_all(s, o, SCHED_REJECT_DOWN, now);
		break;
	case BREAKER_RECOVERED:
		window_restart(&o->window, UINT_MAX, now);
		notice_origin(s, o, SCHED_NOTICE_UP, now);
		break;
	}
}

static enum hold_change
update_hold(struct sched *s, const struct sched_item *item,
    const struct sched_report *report, int64_t now)
{
	struct origin *o = item->origin;
	struct hold_facts facts = {
	    .refused = report->outcome == SCHED_THROTTLED,
	    .status = report->status,
	    .started_us = item->started_us,
	    .flying = o->flying - 1,
	    .waiting = o->waiting,
	    .max_us = s->options.max_hold_us,
	    .backoff_max_us = s->options.backoff_max_us,
	    .random = report->random,
	    .quota = report->quota,
	};

	return hold_read(&o->hold, &facts, now);
}

/* A hold begins. After it the window restarts at one, and doubles up to half of
 * where it was with -P auto, which may have caused the refusal; else all the
 * way. */
static void
restart_after_hold(struct sched *s, struct origin *o, int status, int64_t now)
{
	unsigned threshold =
	    s->options.parallel_auto ? o->window.limit / 2 : UINT_MAX;

	window_restart(&o->window, threshold, now);
	/* 503 is about the server's state, not about how much one client may
	 * ask, so it says nothing about the ration. */
	if (status != 503)
		ration_hold(&o->ration, o->hold.until_us, now);
}

/* Fail what waits for a hold that is too long. */
static void
reject_held(struct sched *s, struct origin *o, int64_t now)
{
	if (!hold_is_over_limit(&o->hold, now) || !o->waiting)
		return;
	notice_origin(s, o, SCHED_NOTICE_TOO_LONG, now);
	queue_reject_all(s, o, SCHED_REJECT_HOLD, now);
}

/* Tell others of a hold that is longer than `known_us`. */
static void
tell_others(const struct sched *s, const struct origin *o, int64_t known_us)
{
	if (o->hold.until_us > known_us && s->options.held)
		s->options.held(s->options.held_arg, o->name, o->hold.until_us);
}

static enum sched_advice_kind
judge_hold(struct sched *s, const struct sched_item *item,
    const struct sched_report *report, int64_t now)
{
	struct origin *o = item->origin;
	bool refused = report->outcome == SCHED_THROTTLED;
	int64_t known_us = o->hold.until_us > now ? o->hold.until_us : now;
	enum hold_change change;

	if (!s->options.polite || !report->status)
		return SCHED_USUAL;
	change = update_hold(s, item, report, now);
	tell_others(s, o, known_us);
	if (change == HOLD_BEGAN)
		restart_after_hold(s, o, report->status, now);
	if (change == HOLD_JOINED && report->status != 503)
		ration_extend(&o->ration, o->hold.until_us);
	if (change == HOLD_SPREAD)
		notice_spread(s, o, report->quota);
	if (!hold_is_over_limit(&o->hold, now))
		notice_hold(s, o, now);
	reject_held(s, o, now);
	if (!refused || change == HOLD_SAME)
		return SCHED_USUAL;
	return hold_is_over_limit(&o->hold, now) ? SCHED_TOO_LONG : SCHED_HELD;
}

static void
judge_answer(struct sched *s, const struct sched_item *item,
    const struct sched_report *report, int64_t now)
{
	struct origin *o = item->origin;

	window_grow(&o->window, item->started_us);
	ration_answer(&o->ration, item->started_us, now);
	if (s->options.parallel_auto && report->latency_us >= 0 &&
	    window_add_latency(
	        &o->window, report->latency_us, item->started_us))
		window_lower(&o->window, item->started_us, now);
}

/* With -P auto, lower the window when the origin throttles or is overloaded. */
static enum sched_advice_kind
judge_refusal(struct sched *s, const struct sched_item *item,
    enum sched_outcome outcome, int64_t now)
{
	struct origin *o = item->origin;
	bool counts = s->options.parallel_auto &&
	              (outcome == SCHED_THROTTLED || outcome == SCHED_OVERLOAD);

	return counts && window_lower(&o->window, item->started_us, now)
	           ? SCHED_LOWERED
	           : SCHED_USUAL;
}

static bool
has_budget(const struct sched *s, const struct origin *o)
{
	const struct budget_limit *limit = &s->options.retry_budget;

	return budget_allows(&o->retries, limit) &&
	       budget_allows(&s->retries, limit);
}

/* Announce that the budget is used up; once, since each record shows whether
 * its failure is final. */
static void
announce_budget(struct sched *s, struct origin *o, int64_t now)
{
	if (o->budget_announced)
		return;
	o->budget_announced = true;
	notice_origin(s, o, SCHED_NOTICE_BUDGET, now);
}

/* Let everything that learns from an answer learn from the report. The item
 * still counts as flying. */
static struct sched_advice
judge_report(struct sched *s, const struct sched_item *item,
    const struct sched_report *report, int64_t now)
{
	struct origin *o = item->origin;
	enum sched_advice_kind kind;
	bool budgeted;

	if (report->closed)
		origin_cool(o);
	judge_breaker(s, item, report->outcome, now);
	kind = judge_hold(s, item, report, now);
	if (report->outcome == SCHED_ANSWERED)
		judge_answer(s, item, report, now);
	else if (kind == SCHED_USUAL)
		kind = judge_refusal(s, item, report->outcome, now);
	budgeted = has_budget(s, o);
	if (!budgeted && kind == SCHED_USUAL && report->wants_retry)
		announce_budget(s, o, now);
	return (struct sched_advice){
	    .kind = kind,
	    .until_us = o->hold.until_us,
	    .row = o->hold.row,
	    .retry_allowed = budgeted,
	};
}

/* Give back what the flight held. Tokens of a request that was on the wire were
 * given back then (sched_on_wire). */
static void
end_flight(struct sched *s, struct sched_item *item, int64_t now)
{
	struct origin *o = item->origin;

	if (!item->on_wire)
		wire_give_back(s, item);
	origin_land(o, item->on_wire ? ORIGIN_WIRED : ORIGIN_UNWIRED, now);
	s->flying--;
}

struct sched_advice
sched_release(struct sched *s, struct sched_item *item,
    const struct sched_report *report, int64_t now)
{
	struct origin *o = item->origin;
	struct sched_advice advice;

	assert(item->place == PLACE_FLYING);
	advice = judge_report(s, item, report, now);
	end_flight(s, item, now);
	queue_reschedule(s, o, now);
	leave_origin(s, item, now);
	return advice;
}

/* --- what others say about an origin -------------------------------------- */

static void
join_hold(struct sched *s, struct origin *o, int64_t until_us, int64_t now)
{
	switch (
	    hold_join_others(&o->hold, until_us, s->options.max_hold_us, now)) {
	case HOLD_BEGAN: window_restart(&o->window, UINT_MAX, now); break;
	case HOLD_JOINED: break;
	case HOLD_SAME:
	case HOLD_SPREAD: return;
	}
	if (!hold_is_over_limit(&o->hold, now))
		notice_hold(s, o, now);
	reject_held(s, o, now);
	queue_reschedule(s, o, now);
}

/* The origin need not be known: it is entered as for an item, and is remembered
 * like one that an item has left. */
void
sched_hold(struct sched *s, const char *origin, int64_t until_us, int64_t now)
{
	struct origin *o;

	if (!s->options.polite || until_us <= now)
		return;
	o = directory_enter(&s->directory, origin, &s->options, now);
	o->inside++;
	join_hold(s, o, until_us, now);
	if (--o->inside == 0)
		directory_leave(&s->directory, o, now);
}

/* --- questions of the caller --------------------------------------------- */

struct sched_item *
sched_next_rejected(struct sched *s, struct sched_rejection *rejection)
{
	struct sched_item *item;
	const struct origin *o;

	if (!s->rejected_len)
		return NULL;
	item = container_of(s->rejected.next, struct sched_item, link);
	o = item->origin;
	*rejection = (struct sched_rejection){
	    .reason = (enum sched_reject_reason)item->reason,
	    .dns = o->breaker.cause == BREAKER_NAME,
	    .until_us = item->reason == SCHED_REJECT_DOWN ? o->breaker.probe_us
	                                                  : o->hold.until_us,
	    .since_us = o->breaker.since_us,
	    .status = o->hold.status,
	    .row = o->hold.row,
	    .source = o->hold.source,
	};
	sched_remove(s, item, s->rejected_us);
	return item;
}

static int64_t
earliest(const struct heap *h)
{
	const struct heap_node *n = heap_top(h);

	return n ? n->at : RATE_NEVER;
}

/* Returns when the next item of a ready origin may start; RATE_NEVER: there is
 * no such item, or no slot. */
static int64_t
start_when(struct sched *s, int64_t now)
{
	int64_t room = run_when(s, now);

	if (!queue_first(s))
		return RATE_NEVER;
	return now > room ? now : room;
}

int64_t
sched_wake(struct sched *s, int64_t now)
{
	/* At the last two moments there may be no slot; but from then on the
	 * items wait for a slot, and are to be charged so. */
	const int64_t moments[] = {start_when(s, now), notice_due(s, now),
	    earliest(&s->timed), earliest(&s->delayed)};
	int64_t at = RATE_NEVER;

	wire_demand(s, now);
	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++)
		if (moments[i] < at)
			at = moments[i];
	return at == RATE_NEVER ? -1 : at;
}

bool
sched_has_room(const struct sched *s)
{
	size_t ahead_max = (size_t)s->parallel * 2;

	if (ahead_max < AHEAD_MIN)
		ahead_max = AHEAD_MIN;
	return s->ahead < ahead_max &&
	       s->waiting - s->ahead < s->options.parked_max &&
	       s->waiting_bytes - s->ahead_bytes < s->options.parked_bytes;
}

size_t
sched_flying(const struct sched *s)
{
	return s->flying;
}

size_t
sched_ahead(const struct sched *s)
{
	return s->ahead;
}

size_t
sched_parked(const struct sched *s)
{
	return s->waiting - s->ahead;
}

unsigned
sched_lower_parallel(
    struct sched *s, const struct sched_item *item, int64_t now)
{
	if (item->started_us <= s->lowered_us)
		return s->parallel;
	s->lowered_us = now;
	if (s->parallel > 1)
		s->parallel /= 2;
	return s->parallel;
}

unsigned
sched_parallel(const struct sched *s)
{
	return s->parallel;
}

static void
visit_all(const struct list *origins,
    void (*visit)(void *arg, const struct sched_origin_view *), void *arg)
{
	LIST_FOREACH (at, origins) {
		const struct origin *o = container_of(at, struct origin, link);
		struct sched_origin_view view = {
		    .name = o->name,
		    .flying = o->flying,
		    .waiting = o->waiting,
		    .limit = o->window.limit,
		    .holds = o->hold.count,
		    .held_us = o->hold.until_us,
		    .retries = o->retries,
		};

		visit(arg, &view);
	}
}

void
sched_each_origin(const struct sched *s,
    void (*visit)(void *arg, const struct sched_origin_view *), void *arg)
{
	visit_all(&s->directory.busy, visit, arg);
	visit_all(&s->directory.idle, visit, arg);
}
