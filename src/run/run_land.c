#include "config.h"

#include "run/run_private.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "base/random.h"
#include "run/notices.h"
#include "schedule/hold.h"
#include "schedule/retry.h"

/* Why a failure that may pass is final, by enum retry_stop. */
static const char *const why_final[] = {
    [RETRY_STOP_BUDGET] = "not tried again, --retry-budget is used up",
    [RETRY_STOP_TIME] = "not tried again, --retry-max-time leaves no time",
    [RETRY_STOP_UNSAFE] =
        "it may have been processed; an Idempotency-Key allows a retry",
    [RETRY_STOP_REQUEUES] = "refused in every turn",
};

/* Was it refused because what is secret stayed behind? */
static bool
lacks_secrets(const struct flight *f, const struct result *r)
{
	const struct request_options *o = f->job->request->options;

	return f->hop.trust.foreign && (r->status == 401 || r->status == 403) &&
	       (f->job->request->user || o->user || o->bearer ||
	           o->bearer_file || o->cookie || o->headers.len);
}

/* An error status is a failure, unless it is accepted. */
static void
judge_status(const struct run *run, const struct flight *f, struct result *r)
{
	if (!result_ok(r) || r->status < 400 ||
	    status_set_has(&run->options->accept, r->status))
		return;
	failure_set(&r->failure, ERROR_HTTP, NULL, r->status,
	    lacks_secrets(f, r)
	        ? "HTTP status %d; credentials stay with their origin, "
	          "--location-trusted sends them on"
	        : "HTTP status %d",
	    r->status);
}

static struct retry_facts
facts_of(const struct run *run, const struct flight *f, const struct result *r)
{
	const struct job *job = f->job;

	return (struct retry_facts){
	    .class = r->failure.class,
	    .reason = r->failure.reason,
	    .status = r->status,
	    .method = hop_resend_method(&f->hop, job->request),
	    .wire = r->wire,
	    .quota = &r->quota,
	    .retries = job->retries,
	    .requeues = job->requeues,
	    .parallel = sched_parallel(run->sched),
	    .first_us = job->first_us,
	};
}

static struct sched_advice
land_item(struct run *run, struct flight *f, const struct retry_facts *facts,
    const struct result *r)
{
	const struct timing *t = &r->timing;
	struct sched_report report = {
	    .outcome = retry_outcome(facts),
	    .status = r->status,
	    .latency_us = t->starttransfer_us < 0 || t->pretransfer_us < 0
	                      ? -1
	                      : t->starttransfer_us - t->pretransfer_us,
	    .quota = &r->quota,
	    .wants_retry = retry_is_wanted(&run->options->retry, facts),
	    .closed = r->failure.class == ERROR_RESET ||
	              r->failure.class == ERROR_CONNECT,
	};

	report.random = random_next(&run->random);
	return sched_release(run->sched, &f->item, &report, clock_now_us());
}

/* It is one of several tries. Returns whether the other copy of the request
 * goes on; then `f` may be gone. */
static bool
set_aside(struct run *run, struct flight *f, struct result *r)
{
	job_remember(f->job, f, r, run->start_us);
	run_keep_body(run, f->job, r);
	result_release(r);
	return run_hedge_goes_on(run, f);
}

static void
try_again(struct run *run, struct flight *f, struct result *r,
    const struct retry_verdict *verdict)
{
	struct job *job = f->job;
	bool charged = verdict->kind == RETRY_AT;

	if (set_aside(run, f, r))
		return;
	run->retrying += !job->retries && !job->requeues;
	job->retries += charged;
	job->requeues += !charged;
	flight_try_again(&job->main);
	run_again(run, &job->main, charged ? SCHED_RETRY : SCHED_AGAIN,
	    verdict->at_us);
}

/* A token's file may have been renewed since it was read: once more. */
static bool
renews_bearer(struct flight *f, const struct result *r)
{
	struct job *job = f->job;
	const char *bearer = job->request->options->bearer_file;

	if (r->status != 401 || !bearer || job->bearer_renewed ||
	    f->hop.trust.foreign ||
	    !resend_allows(hop_resend_method(&f->hop, job->request), r->wire,
	        RESEND_ROUND))
		return false;
	job->bearer_renewed = true;
	return true;
}

/* Whoever asks to wait for an hour is told how long that is. */
static void
set_too_long(
    struct failure *failure, int status, unsigned row, int64_t until_us)
{
	char *left;

	if (row >= HOLD_ROW_MAX) {
		failure_set(failure, ERROR_POLICY, "hold", status,
		    "its server refused too many times in a row");
		return;
	}
	left = notices_time_until(until_us);
	failure_set(failure, ERROR_POLICY, "hold", status,
	    "its server asks to wait %s, longer than --max-hold", left);
	free(left);
}

static void
explain(struct result *r, enum retry_stop stop)
{
	size_t known = sizeof(why_final) / sizeof(*why_final);

	if (!result_ok(r) && (size_t)stop < known && why_final[stop])
		failure_note(&r->failure, why_final[stop]);
}

static void
retry_or_finish(struct run *run, struct flight *f,
    const struct retry_facts *facts, struct result *r)
{
	struct retry_verdict verdict = retry_decide(&run->options->retry, facts,
	    random_next(&run->random), clock_now_us());

	/* A failure counts only when no copy is left. */
	if (!result_ok(r) && !run->stopped && run_hedge_has_other(f)) {
		set_aside(run, f, r);
		return;
	}
	if (renews_bearer(f, r))
		verdict.kind = RETRY_REQUEUE;
	if (run->stopped)
		verdict.kind = RETRY_FINAL;
	switch (verdict.kind) {
	case RETRY_AT:
	case RETRY_REQUEUE: try_again(run, f, r, &verdict); return;
	case RETRY_REJECT:
		set_too_long(&r->failure, r->status, facts->advice.row,
		    facts->advice.until_us);
		break;
	case RETRY_FINAL: explain(r, verdict.stop); break;
	}
	job_conclude(f->job, f, r);
	run_finish_job(run, f->job);
}

static bool
is_engines(const struct result *r, const char *reason)
{
	return r->failure.class == ERROR_LOCAL && r->failure.reason &&
	       strcmp(r->failure.reason, reason) == 0;
}

/* What libcurl wanted to repeat by itself found no token, or must not have
 * the same headers: as if it had never started. */
static bool
must_start_again(struct flight *f, const struct result *r)
{
	f->hop.no_expect |= is_engines(r, ENGINE_EXPECT_REFUSED);
	return is_engines(r, ENGINE_EXPECT_REFUSED) ||
	       is_engines(r, ENGINE_NOT_ADMITTED);
}

static void
readmit(struct run *run, struct flight *f, struct result *r)
{
	static const struct sched_report aborted = {
	    .outcome = SCHED_ABORTED, .latency_us = -1};

	sched_release(run->sched, &f->item, &aborted, clock_now_us());
	result_release(r);
	run_again(run, f, SCHED_AGAIN, 0);
}

/* True: the next hop is on its way. One that is not followed is a failure,
 * unless its status is accepted. */
static bool
follow_redirect(struct run *run, struct flight *f, struct result *r)
{
	enum resend_method method = hop_resend_method(&f->hop, f->job->request);

	switch (redirect_next(run->parts.fetch, f->job->request, r, &f->hop)) {
	case REDIRECT_NONE: return false;
	case REDIRECT_FAILED:
		if (status_set_has(&run->options->accept, r->status))
			failure_clear(&r->failure);
		return false;
	case REDIRECT_FOLLOW: break;
	}
	f->behind |= !resend_allows(method, r->wire, RESEND_RERUN);
	f->resumes |= !resend_allows(method, r->wire, RESEND_RETRY);
	flight_next_hop(f, r);
	run_keep_body(run, f->job, r);
	result_release(r);
	run_again(run, f, SCHED_AGAIN, 0);
	return true;
}

void
run_lower_parallel(struct run *run, struct flight *f, int os_errno)
{
	unsigned parallel =
	    sched_lower_parallel(run->sched, &f->item, clock_now_us());

	if (!run->lowered && !run->options->parallel_lowered)
		log_note("this machine ran out of something (%s): "
		         "-P goes down to %u, what it hit goes again",
		    strerror(os_errno), parallel);
	run->lowered = true;
}

void
run_land(struct run *run, struct flight *f, struct result *r)
{
	struct retry_facts facts;

	f->attempt = NULL;
	if (must_start_again(f, r)) {
		readmit(run, f, r);
		return;
	}
	judge_status(run, f, r);
	run_keep_exchange(run, f, r);
	flight_add_hop(f, r);
	if (r->os_errno && (r->failure.class == ERROR_LOCAL ||
	                       io_lacks_descriptors(r->os_errno)))
		run_lower_parallel(run, f, r->os_errno);
	facts = facts_of(run, f, r);
	facts.advice = land_item(run, f, &facts, r);
	if (follow_redirect(run, f, r))
		return;
	run_hedge_learn(run, r);
	facts.class = r->failure.class;
	facts.reason = r->failure.reason;
	retry_or_finish(run, f, &facts, r);
}

void
run_fail(struct run *run, struct job *job, enum error_class class,
    const char *message)
{
	struct result r;

	result_init(&r);
	failure_set(&r.failure, class, NULL, 0, "%s", message);
	job_conclude(job, NULL, &r);
	run_finish_job(run, job);
}

/* "not tried: example.org down since 12:03:04" */
static void
set_not_tried(struct run *run, const struct flight *f,
    const struct sched_rejection *s, struct failure *failure)
{
	char *host = notices_host(flight_origin(f));
	char since[16];
	struct tm tm;
	time_t at =
	    (time_t)((run->start_wall_us + s->since_us - run->start_us) /
	             CLOCK_SECOND);

	strftime(since, sizeof(since), "%H:%M:%S", localtime_r(&at, &tm));
	failure_set(failure, s->dns ? ERROR_DNS : ERROR_CONNECT,
	    FAILURE_NOT_TRIED, 0, "not tried: %s down since %s", host, since);
	free(host);
}

/* Items that the scheduler has given up end as failures, untried. */
bool
run_doom_one(struct run *run)
{
	struct sched_rejection s;
	struct sched_item *item = sched_next_rejected(run->sched, &s);
	struct flight *f;
	struct job *job;
	struct result r;

	if (!item)
		return false;
	f = container_of(item, struct flight, item);
	job = f->job;
	result_init(&r);
	if (s.reason == SCHED_REJECT_HOLD) {
		set_too_long(&r.failure, s.status, s.row, s.until_us);
		r.failure.reason = FAILURE_NOT_TRIED;
	} else {
		set_not_tried(run, f, &s, &r.failure);
	}
	if (run_hedge_goes_on(run, f)) {
		result_release(&r);
		return true;
	}
	job_conclude(job, NULL, &r);
	run_finish_job(run, job);
	return true;
}

/* What waits for its next attempt may wait until --retry-max-time; what flies
 * is ended by the engine. */
bool
run_expire_one(struct run *run, int64_t now)
{
	struct heap_node *top = heap_top(&run->limits);
	struct job *job;

	if (!top || top->at > now)
		return false;
	heap_pop(&run->limits);
	job = container_of(top, struct job, limit);
	if (job->main.attempt || (job->hedge && job->hedge->attempt) ||
	    !sched_item_is_inside(&job->main.item))
		return true;
	run_fail(run, job, ERROR_TIMEOUT,
	    "--retry-max-time ended the wait for another attempt");
	return true;
}
