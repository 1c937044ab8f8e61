#include "config.h"

#include "schedule/landing.h"

#include <limits.h>

#include "schedule/notice.h"
#include "schedule/queue.h"

/* The sign of life or death that a report is for the breaker. */
static enum breaker_change
tell_breaker(struct breaker *b, const struct sched_item *item,
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

static void
judge_breaker(struct sched *s, const struct sched_item *item,
    enum sched_outcome outcome, int64_t now)
{
	struct origin *o = item->origin;

	switch (tell_breaker(&o->breaker, item, outcome, now)) {
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
tell_hold(struct sched *s, const struct sched_item *item,
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

/* A hold begins; from one on the origin proves what it can take: up to half
 * of what it had with -P auto, else to where it was. */
static void
begin_hold(struct sched *s, struct origin *o, int status, int64_t now)
{
	unsigned threshold =
	    s->options.parallel_auto ? o->window.limit / 2 : UINT_MAX;

	window_restart(&o->window, threshold, now);
	/* 503 is about the server, not about how much one may ask. */
	if (status != 503)
		ration_hold(&o->ration, o->hold.until_us, now);
}

static void
reject_held(struct sched *s, struct origin *o, int64_t now)
{
	if (!hold_is_over_limit(&o->hold, now) || !o->waiting)
		return;
	notice_origin(s, o, SCHED_NOTICE_TOO_LONG, now);
	queue_reject_all(s, o, SCHED_REJECT_HOLD, now);
}

static enum sched_advice_kind
judge_hold(struct sched *s, const struct sched_item *item,
    const struct sched_report *report, int64_t now)
{
	struct origin *o = item->origin;
	bool refused = report->outcome == SCHED_THROTTLED;
	enum hold_change change;

	if (!s->options.polite || !report->status)
		return SCHED_USUAL;
	change = tell_hold(s, item, report, now);
	if (change == HOLD_BEGAN)
		begin_hold(s, o, report->status, now);
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

/* With -P auto, what was refused or too much: fewer at once. */
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

/* Once: that a failure is final shows in each record. */
static void
tell_budget(struct sched *s, struct origin *o, int64_t now)
{
	if (o->budget_announced)
		return;
	o->budget_announced = true;
	notice_origin(s, o, SCHED_NOTICE_BUDGET, now);
}

struct sched_advice
landing_judge(struct sched *s, const struct sched_item *item,
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
		tell_budget(s, o, now);
	return (struct sched_advice){
	    .kind = kind,
	    .until_us = o->hold.until_us,
	    .row = o->hold.row,
	    .retry_allowed = budgeted,
	};
}
