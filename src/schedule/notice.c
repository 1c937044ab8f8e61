#include "config.h"

#include "schedule/notice.h"

#include "base/clock.h"
#include "schedule/queue.h"

#define LASTING_US (5 * CLOCK_SECOND)
#define SETTLE_US  (50 * CLOCK_MS) /* answers that were in flight come in */

static void
tell(const struct sched *s, const struct sched_notice *n)
{
	if (s->options.notice)
		s->options.notice(s->options.notice_arg, n);
}

static struct sched_notice
about(const struct origin *o, enum sched_notice_kind kind, size_t waiting)
{
	return (struct sched_notice){
	    .kind = kind,
	    .origin = o->name,
	    .waiting = waiting,
	    .until_us = o->hold.until_us,
	    .status = o->hold.status,
	    .row = o->hold.row,
	    .source = o->hold.source,
	    .dns = o->breaker.cause == BREAKER_NAME,
	    .since_us = o->breaker.since_us,
	};
}

static bool
is_news(const struct hold *h, int64_t now)
{
	return !h->announced && h->until_us > now &&
	       (h->count == 1 || h->until_us - now >= LASTING_US - SETTLE_US);
}

void
notice_hold(struct sched *s, struct origin *o, int64_t now)
{
	if (!is_news(&o->hold, now) || !list_empty(&o->unannounced))
		return;
	list_push_back(&s->unannounced, &o->unannounced);
}

static void
tell_hold(struct sched *s, struct origin *o, int64_t now)
{
	struct sched_notice n = about(o, SCHED_NOTICE_HOLD, o->waiting);

	list_remove(&o->unannounced);
	if (!o->waiting || !is_news(&o->hold, now))
		return;
	o->hold.announced = true;
	tell(s, &n);
}

int64_t
notice_due(struct sched *s, int64_t now)
{
	int64_t first = RATE_NEVER;

	LIST_FOREACH_SAFE (l, next, &s->unannounced) {
		struct origin *o = container_of(l, struct origin, unannounced);
		int64_t at = o->hold.began_us + SETTLE_US;

		if (at <= now)
			tell_hold(s, o, now);
		else if (at < first)
			first = at;
	}
	return first;
}

void
notice_spread(
    const struct sched *s, const struct origin *o, const struct quota *q)
{
	struct sched_notice n = about(o, SCHED_NOTICE_SPREAD, o->waiting);

	n.until_us = o->hold.spread_us;
	n.source = q->source;
	tell(s, &n);
}

static bool
is_about_breaker(enum sched_notice_kind kind)
{
	return kind == SCHED_NOTICE_DOWN || kind == SCHED_NOTICE_DEAD ||
	       kind == SCHED_NOTICE_UP;
}

void
notice_origin(const struct sched *s, const struct origin *o,
    enum sched_notice_kind kind, int64_t now)
{
	struct sched_notice n = about(o, kind, o->waiting);

	if (is_about_breaker(kind))
		n.until_us = o->breaker.probe_us;
	if (n.until_us < now)
		n.until_us = -1;
	tell(s, &n);
}

void
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
	tell(s, &n);
}
