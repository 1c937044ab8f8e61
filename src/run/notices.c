#include "config.h"

#include "run/notices.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/xalloc.h"
#include "process/log.h"
#include "schedule/hold.h"
#include "stats/show.h"

enum {
	SETTLED_SHOWN = 5
};

static bool
ends_with(const char *s, const char *end)
{
	size_t len = strlen(s);
	size_t tail = strlen(end);

	return len >= tail && strcmp(s + len - tail, end) == 0;
}

char *
notices_host(const char *origin)
{
	const char *host = strstr(origin, "://");
	size_t len;

	host = host ? host + 3 : origin;
	len = strlen(host);
	if (strncmp(origin, "https:", 6) == 0 && ends_with(host, ":443"))
		len -= 4;
	else if (strncmp(origin, "http:", 5) == 0 && ends_with(host, ":80"))
		len -= 3;
	return xmemdup0(host, len);
}

char *
notices_time_until(int64_t us)
{
	struct buf out;
	int64_t left = us - clock_now_us();

	buf_init(&out);
	add_duration(&out, left > 0 ? left : 0);
	return buf_take(&out);
}

static const char *
plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* A back-off although a header named a time: the header has named too little
 * before (schedule/hold.h). */
static void
say_hold(const struct sched_notice *n, const char *host, const char *left)
{
	log_note("%s: asked to slow down (%d, %s%s): pausing %zu request%s for "
	         "%s",
	    host, n->status, n->source ? n->source : "no usable Retry-After",
	    n->source && n->backs_off ? " was too short before" : "",
	    n->waiting, plural(n->waiting), left);
}

static void
say_too_long(const struct sched_notice *n, const char *host, const char *left)
{
	if (n->row >= HOLD_ROW_MAX) {
		log_note("%s: HTTP status %d for the %uth time in a row: "
		         "failing %zu queued request%s",
		    host, n->status, n->row, n->waiting, plural(n->waiting));
		return;
	}
	log_note("%s: asks to wait %s (%d, %s), longer than --max-hold: "
	         "failing %zu queued request%s",
	    host, left, n->status, n->source ? n->source : "rate limit",
	    n->waiting, plural(n->waiting));
}

static void
say_spread(const struct sched_notice *n, const char *host, const char *left)
{
	log_note("%s: quota is low (%s): spreading %zu request%s over %s", host,
	    n->source ? n->source : "rate limit", n->waiting,
	    plural(n->waiting), left);
}

static void
say_down(const struct sched_notice *n, const char *host, const char *left)
{
	log_note("%s: %s failed five times in a row: trying again in %s, "
	         "%zu request%s waiting",
	    host, n->dns ? "lookups" : "connections", left, n->waiting,
	    plural(n->waiting));
}

static void
say_dead(const struct sched_notice *n, const char *host, const char *left)
{
	(void)left;
	log_note("%s: still down: failing %zu queued request%s", host,
	    n->waiting, plural(n->waiting));
}

static void
say_up(const struct sched_notice *n, const char *host, const char *left)
{
	(void)n;
	(void)left;
	log_note("%s: responding again", host);
}

static void
say_budget(const struct sched_notice *n, const char *host, const char *left)
{
	(void)n;
	(void)left;
	log_note(
	    "%s: --retry-budget reached: not retrying further failures for "
	    "now",
	    host);
}

static void
say_parked(const struct sched_notice *n, const char *host, const char *left)
{
	(void)host;
	(void)left;
	log_note("%zu requests are waiting for their servers: "
	         "reading no more input until some can start",
	    n->waiting);
}

static void (*const say[])(
    const struct sched_notice *, const char *host, const char *left) = {
    [SCHED_NOTICE_HOLD] = say_hold,
    [SCHED_NOTICE_TOO_LONG] = say_too_long,
    [SCHED_NOTICE_SPREAD] = say_spread,
    [SCHED_NOTICE_DOWN] = say_down,
    [SCHED_NOTICE_DEAD] = say_dead,
    [SCHED_NOTICE_UP] = say_up,
    [SCHED_NOTICE_BUDGET] = say_budget,
    [SCHED_NOTICE_PARKED] = say_parked,
};

static void
notice(void *arg, const struct sched_notice *n)
{
	char *host;
	char *left;

	(void)arg;
	if ((size_t)n->kind >= sizeof(say) / sizeof(*say) || !say[n->kind])
		return;
	host = notices_host(n->origin ? n->origin : "");
	left = notices_time_until(n->until_us);
	say[n->kind](n, host, left);
	free(host);
	free(left);
}

struct sched_options
notices_on(const struct sched_options *options)
{
	struct sched_options with = *options;

	with.notice = notice;
	return with;
}

static void
say_settled(void *arg, const struct sched_origin_view *view)
{
	unsigned *said = arg;
	char *host;

	if (++*said > SETTLED_SHOWN)
		return;
	host = notices_host(view->name);
	log_note("%s: -P auto settled at %u in flight", host, view->limit);
	free(host);
}

void
notices_settled(const struct sched *sched)
{
	unsigned said = 0;

	sched_each_origin(sched, say_settled, &said);
	if (said > SETTLED_SHOWN)
		log_note("... and %u more origin%s", said - SETTLED_SHOWN,
		    plural(said - SETTLED_SHOWN));
}
