/*
 * Routes whose answers depend on earlier visits: /flaky, /fail and /limit. The
 * counts are in tally.h.
 */
#include "config.h"

#include "demo/routes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "demo/reply.h"

/* The tally of this visit. Visits are counted per path and ?key=, so that tests
 * which share a server do not count for each other. Borrowed. */
static struct tally *
tally_of(const struct visit *v)
{
	const struct evhttp_uri *uri =
	    v->demo->evhttp.request_get_evhttp_uri(v->req);
	char *own = visit_query(v, "key");
	char *key = xasprintf(
	    "%s %s", v->demo->evhttp.uri_get_path(uri), own ? own : "");
	struct tally *t = tallies_get(&v->demo->tallies, key);

	free(key);
	free(own);
	return t;
}

/* Send the status and the number of the visit. */
static void
send_visit(const struct visit *v, int status, uint64_t number)
{
	struct buf b;

	buf_init(&b);
	buf_addf(&b, "{\"ok\":%s,\"visit\":%" PRIu64 "}",
	    status < 400 ? "true" : "false", number);
	reply_json(v, status, &b);
}

/* Whether the k-th visit fails depends on k and ?seed= only, so it is the same
 * in every run. */
void
answer_flaky(const struct visit *v)
{
	const char *rest = v->rest;
	uint64_t seed = visit_query_number(v, "seed", 1);
	struct tally *t;
	double share;

	if (!visit_take_decimal(&rest, 1.0, &share) || *rest) {
		reply_error(v, 400, "use /flaky/P, P from 0 to 1");
		return;
	}
	t = tally_of(v);
	t->visits++;
	send_visit(
	    v, tally_draw(seed, t->visits) < share ? 503 : 200, t->visits);
}

/* The first N visits fail, for retries that shall succeed in the end. */
void
answer_fail(const struct visit *v)
{
	const char *rest = v->rest;
	struct tally *t;
	uint64_t count;

	if (!visit_take_number(&rest, UINT64_MAX, &count) || *rest) {
		reply_error(v, 400, "use /fail/N");
		return;
	}
	t = tally_of(v);
	t->visits++;
	send_visit(v, t->visits <= count ? 503 : 200, t->visits);
}

enum {
	JOB_VISITS = 3 /* until a job is done */
};

/* A job that is polled: 202 while it runs, and done at the third visit. */
void
answer_job(const struct visit *v)
{
	struct tally *t;
	struct buf b;
	bool done;

	if (!*v->rest) {
		reply_error(v, 400, "use /job/NAME");
		return;
	}
	t = tally_of(v);
	t->visits++;
	done = t->visits >= JOB_VISITS;
	buf_init(&b);
	buf_addf(&b, "{\"state\":\"%s\",\"visit\":%" PRIu64 "}",
	    done ? "done" : "running", t->visits);
	reply_json(v, done ? 200 : 202, &b);
}

/* Seconds, rounded up: a client that waits so long must not be early. */
static uint64_t
seconds_up(int64_t us)
{
	return (uint64_t)((us + CLOCK_SECOND - 1) / CLOCK_SECOND);
}

static void
add_number_header(const struct visit *v, const char *name, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, n);
	visit_add_header(v, name, text);
}

/* Add the headers of draft-ietf-httpapi-ratelimit-headers, and those that most
 * servers still send. */
static void
add_limit_headers(const struct visit *v, const struct tally_limit *limit,
    const struct tally_verdict *verdict)
{
	uint64_t reset_s = seconds_up(verdict->reset_us);
	char text[96];

	snprintf(text, sizeof(text), "\"demo\";q=%zu;w=%" PRId64, limit->count,
	    limit->period_us / CLOCK_SECOND);
	visit_add_header(v, "RateLimit-Policy", text);
	snprintf(text, sizeof(text), "\"demo\";r=%zu;t=%" PRIu64,
	    verdict->remaining, reset_s);
	visit_add_header(v, "RateLimit", text);
	add_number_header(v, "X-RateLimit-Limit", limit->count);
	add_number_header(v, "X-RateLimit-Remaining", verdict->remaining);
	add_number_header(v, "X-RateLimit-Reset", reset_s);
}

void
answer_limit(const struct visit *v)
{
	const char *rest = v->rest;
	struct tally_limit limit;
	struct tally_verdict verdict;
	struct tally *t;
	uint64_t count, seconds;

	if (!visit_take_number(&rest, TALLY_WINDOW_MAX, &count) || !count ||
	    !visit_take_number(&rest, 86400, &seconds) || !seconds || *rest) {
		reply_error(v, 400, "use /limit/N/S: N requests in S seconds");
		return;
	}
	limit.count = (size_t)count;
	limit.period_us = (int64_t)seconds * CLOCK_SECOND;
	t = tally_of(v);
	verdict = tally_visit(t, limit, clock_now_us());
	add_limit_headers(v, &limit, &verdict);
	if (verdict.wait_us)
		add_number_header(
		    v, "Retry-After", seconds_up(verdict.wait_us));
	send_visit(v, verdict.wait_us ? 429 : 200, ++t->visits);
}
