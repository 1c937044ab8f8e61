#include "config.h"

#include "schedule/notice.h"

#include "base/clock.h"
#include "schedule/queue.h"

#define LASTING_US (5 * CLOCK_SECOND)

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
	       (h->count == 1 || h->until_us - now >= LASTING_US);
}

void
notice_hold(struct sched *s, struct origin *o, size_t waiting, int64_t now)
{
	struct sched_notice n;

	if (!waiting || !is_news(&o->hold, now))
		return;
	o->hold.announced = true;
	n = about(o, SCHED_NOTICE_HOLD, waiting);
	tell(s, &n);
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
