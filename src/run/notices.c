/*
 * One function a kind of notice, and their table. Each gets the host and the
 * time that is left until the notice's moment, in words.
 */
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
	SETTLED_SHOWN = 5,  /* origins named at the end of -P auto */
	UNMATCHED_SHOWN = 5 /* paths named that matched nothing */
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
print_hold(const struct sched_notice *n, const char *host, const char *left)
{
	if (!n->status) {
		log_note("%s: another worker was asked to slow down: pausing "
		         "%zu request%s for %s",
		    host, n->waiting, plural(n->waiting), left);
		return;
	}
	log_note("%s: asked to slow down (%d, %s%s): pausing %zu request%s for "
	         "%s",
	    host, n->status, n->source ? n->source : "no usable Retry-After",
	    n->source && n->backs_off ? " was too short before" : "",
	    n->waiting, plural(n->waiting), left);
}

/* ": failing 3 queued requests", or nothing where none is queued; caller frees.
 */
static char *
consequence(const struct sched_notice *n)
{
	if (n->waiting == 0)
		return xstrdup("");
	return xasprintf(
	    ": failing %zu queued request%s", n->waiting, plural(n->waiting));
}

static void
print_too_long(const struct sched_notice *n, const char *host, const char *left)
{
	char *failing = consequence(n);

	if (n->row >= HOLD_ROW_MAX)
		log_note("%s: HTTP status %d for the %uth time in a row%s",
		    host, n->status, n->row, failing);
	else if (!n->status)
		log_note("%s: asks another worker to wait %s, longer than "
		         "--max-hold%s",
		    host, left, failing);
	else
		log_note("%s: asks to wait %s (%d, %s), longer than "
		         "--max-hold%s",
		    host, left, n->status, n->source ? n->source : "rate limit",
		    failing);
	free(failing);
}

static void
print_spread(const struct sched_notice *n, const char *host, const char *left)
{
	log_note("%s: quota is low (%s): spreading %zu request%s over %s", host,
	    n->source ? n->source : "rate limit", n->waiting,
	    plural(n->waiting), left);
}

/* Nothing is waiting where the request that has just failed is the only one;
 * it may be about to be retried. */
static void
print_down(const struct sched_notice *n, const char *host, const char *left)
{
	const char *what = n->dns ? "lookups" : "connections";

	if (n->waiting)
		log_note("%s: %s failed five times in a row: trying again in "
		         "%s, %zu request%s waiting",
		    host, what, left, n->waiting, plural(n->waiting));
	else
		log_note("%s: %s failed five times in a row: pausing it for %s",
		    host, what, left);
}

/* Of the request that was the last try its own failure tells. */
static void
print_dead(const struct sched_notice *n, const char *host, const char *left)
{
	(void)left;
	if (n->waiting)
		log_note("%s: still down: failing %zu queued request%s", host,
		    n->waiting, plural(n->waiting));
}

static void
print_up(const struct sched_notice *n, const char *host, const char *left)
{
	(void)n;
	(void)left;
	log_note("%s: responding again", host);
}

static void
print_budget(const struct sched_notice *n, const char *host, const char *left)
{
	(void)n;
	(void)left;
	log_note(
	    "%s: --retry-budget reached: not retrying further failures for "
	    "now",
	    host);
}

static void
print_parked(const struct sched_notice *n, const char *host, const char *left)
{
	(void)host;
	(void)left;
	log_note("%zu requests are waiting for their servers: "
	         "reading no more input until some can start",
	    n->waiting);
}

/* By enum sched_notice_kind; what has no row is not worth a message: the end of
 * a hold shows by itself. */
static void (*const print[])(
    const struct sched_notice *, const char *host, const char *left) = {
    [SCHED_NOTICE_HOLD] = print_hold,
    [SCHED_NOTICE_TOO_LONG] = print_too_long,
    [SCHED_NOTICE_SPREAD] = print_spread,
    [SCHED_NOTICE_DOWN] = print_down,
    [SCHED_NOTICE_DEAD] = print_dead,
    [SCHED_NOTICE_UP] = print_up,
    [SCHED_NOTICE_BUDGET] = print_budget,
    [SCHED_NOTICE_PARKED] = print_parked,
};

/* The callback of the scheduler. */
static void
on_notice(void *arg, const struct sched_notice *n)
{
	char *host;
	char *left;

	(void)arg;
	if ((size_t)n->kind >= sizeof(print) / sizeof(*print) ||
	    !print[n->kind])
		return;
	host = notices_host(n->origin ? n->origin : "");
	left = notices_time_until(n->until_us);
	print[n->kind](n, host, left);
	free(host);
	free(left);
}

struct sched_options
notices_on(const struct sched_options *options)
{
	struct sched_options with = *options;

	with.notice = on_notice;
	return with;
}

static void
print_settled(void *arg, const struct sched_origin_view *view)
{
	unsigned *count = arg;
	char *host;

	if (++*count > SETTLED_SHOWN)
		return;
	host = notices_host(view->name);
	log_note("%s: -P auto settled at %u in flight", host, view->limit);
	free(host);
}

void
notices_settled(const struct sched *sched)
{
	unsigned count = 0;

	sched_each_origin(sched, print_settled, &count);
	if (count > SETTLED_SHOWN)
		log_note("... and %u more origin%s", count - SETTLED_SHOWN,
		    plural(count - SETTLED_SHOWN));
}

/* Print a line about a path, if it is among the first, and empty `text`. */
static void
print_unmatched(struct buf *text, size_t *count)
{
	if (++*count <= UNMATCHED_SHOWN)
		log_note("%s", text->data);
	buf_clear(text);
}

void
notices_unmatched(const struct compiled *c)
{
	unsigned stages = c->fanout ? fanout_stages(c->fanout) : 0;
	size_t paths = c->extractor ? extractor_count(c->extractor) : 0;
	struct buf text = {0};
	size_t count = 0;

	if (c->pager && pager_add_unmatched(c->pager, &text))
		print_unmatched(&text, &count);
	for (unsigned i = 0; i < stages; i++)
		if (fanout_add_unmatched(c->fanout, i, &text))
			print_unmatched(&text, &count);
	for (size_t i = 0; i < paths; i++)
		if (extractor_add_unmatched(c->extractor, i, &text))
			print_unmatched(&text, &count);
	buf_release(&text);
	if (count > UNMATCHED_SHOWN)
		log_note("... and %zu more path%s matched nothing",
		    count - UNMATCHED_SHOWN, plural(count - UNMATCHED_SHOWN));
}
