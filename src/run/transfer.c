/*
 * The transfers of a job, from start to verdict. Below are first the tools: the
 * record of what went over the wire, the way out of the scheduler and back into
 * it, and hedges. Then comes the walk: a transfer starts, and when it is over
 * the result leads to another hop, to another attempt, or is final
 * (transfer_done). What fails without a transfer stands at the end.
 */
#include "config.h"

#include "run/run_private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/random.h"
#include "base/xalloc.h"
#include "process/log.h"
#include "run/notices.h"
#include "schedule/hold.h"
#include "schedule/retry.h"

/* --- exchanges: what went over the wire, for the outputs that show it -- */

/* Set the method that was sent: a redirect may have changed that of the
 * request. */
static void
set_method(struct exchange *x, const struct flight *f)
{
	const char *method = hop_method(&f->hop, f->job->request);

	if (strcmp(method, x->method) == 0)
		return;
	free(x->method);
	x->method = xstrdup(method);
}

/* Add to its job what the last transfer of `f` gave. Returns it, which is the
 * job's. */
static struct exchange *
add_exchange(struct run *run, struct flight *f, const struct result *r)
{
	struct job *job = f->job;
	struct exchange *x = exchanges_add(&job->exchanges, job->request, r);

	set_method(x, f);
	x->attempt = f->attempt_number;
	x->hop = f->hop.number;
	x->hedge = f == job->hedge;
	x->waits = f->waits;
	x->queued_us = f->queued_us - run->start_us;
	x->start_us = f->item.started_us - run->start_us;
	x->start_wall_us = run->start_wall_us + x->start_us;
	return x;
}

/* The transfer of `f` is over: keep it, if an output wants that. The hop of `f`
 * must still be the one that it went to. */
static void
record_exchange(struct run *run, struct flight *f, const struct result *r)
{
	if (run->options->keep_exchanges)
		add_exchange(run, f, r);
}

/* Another attempt or hop follows the exchange that was just recorded. Its body
 * will not be the result's, so it moves into the exchange for the HAR file. */
static void
keep_body(struct run *run, struct job *job, struct result *r)
{
	const struct output_options *o = &run->options->output;

	if (o->har && o->with_body && r->status)
		exchanges_keep_body(&job->exchanges, &r->body);
}

/* We cut the transfer of `f` short, so how far it had come is unknown. */
static void
record_cancelled(struct run *run, struct flight *f)
{
	struct result r;

	if (!run->options->keep_exchanges)
		return;
	result_init(&r);
	r.url_effective = xstrdup(hop_url(&f->hop, f->job->request));
	r.timing.total_us = clock_now_us() - f->item.started_us;
	failure_set(&r.failure, ERROR_CANCELLED, NULL, 0, "cancelled");
	add_exchange(run, f, &r)->cancelled = true;
	result_release(&r);
}

/* --- out of the scheduler, and back into it -------------------------- */

/* A transfer that is cancelled says nothing about its origin, so it is reported
 * as aborted. */
void
run_withdraw(struct run *run, struct flight *f)
{
	static const struct sched_report aborted = {
	    .outcome = SCHED_ABORTED, .latency_us = -1};
	int64_t now = clock_now_us();

	if (f->transfer) {
		fleet_cancel(run->fleet, f->transfer, f->job->request);
		record_cancelled(run, f);
	}
	f->transfer = NULL;
	if (sched_item_is_flying(&f->item))
		sched_release(run->sched, &f->item, &aborted, now);
	else
		sched_remove(run->sched, &f->item, now);
}

/* (b) Queue `f` again in the slot that its job has, to start no earlier than
 * `at`: a redirect hop, a retry, an uncharged requeue, a hedge. */
static void
queue_again(struct run *run, struct flight *f, enum sched_rank rank, int64_t at)
{
	int64_t now = clock_now_us();

	flight_queue(f, rank, at, now);
	sched_add(run->sched, &f->item, flight_origin(f), rank, at, now);
}

/* --- hedges: second copies of what is slow --------------------------- */

/* Two copies of the request may reach the server, so it must be safe to
 * repeat, whatever became of the first. */
static bool
may_be_hedged(const struct job *job)
{
	return resend_allows(
	    request_resend_method(job->request), WIRE_UNKNOWN, RESEND_COPY);
}

/* How long a request may take before its copy starts; -1: it gets no copy.
 * --hedge pNN has no answer before it has seen enough latencies. */
static int64_t
hedge_delay_us(struct run *run)
{
	const struct hedge_options *o = &run->options->hedge;

	if (o->percentile > 0)
		return latencies_percentile(&run->latencies, o->percentile);
	return o->after_us > 0 ? o->after_us : -1;
}

/* `job` starts: arm the timer after which a second copy may go out. */
static void
arm_hedge(struct run *run, struct job *job, int64_t now)
{
	int64_t us = hedge_delay_us(run);

	run->hedges.asked++;
	if (us < 0 || heap_holds(&job->hedge_timer) || job->hedge ||
	    !may_be_hedged(job))
		return;
	heap_push(&run->hedge_timers, &job->hedge_timer, now + us);
}

/* Add the latency of `r` to those that --hedge pNN is taken from. */
static void
record_latency(struct run *run, const struct result *r)
{
	if (result_ok(r) && r->flight_us > 0)
		latencies_add(&run->latencies, r->flight_us);
}

/* Queue the copy of a job that is slower than --hedge allows. Returns true if
 * there was such a job, though it may not have got a copy: its transfer may be
 * over, or the hedge budget used up. */
static bool
start_hedge(struct run *run, int64_t now)
{
	struct heap_node *top = heap_top(&run->hedge_timers);
	struct job *job;

	if (!top || top->at > now)
		return false;
	heap_pop(&run->hedge_timers);
	job = container_of(top, struct job, hedge_timer);
	if (!job->main.transfer || job->main.printed || job->hedge ||
	    run->stopped ||
	    !budget_allows(&run->hedges, &run->options->hedge.budget))
		return true;
	run->hedges.extra++;
	job->hedge = xcalloc(1, sizeof(*job->hedge));
	flight_init(job->hedge, job);
	queue_again(run, job->hedge, SCHED_AGAIN, 0);
	return true;
}

/* The other copy of the request of `f`; NULL: there is none. */
static struct flight *
other_of(struct flight *f)
{
	return f == &f->job->main ? f->job->hedge : &f->job->main;
}

/* Withdraw the second copy of `job`, if there is one, and free it. */
static void
drop_hedge(struct run *run, struct job *job)
{
	if (!job->hedge)
		return;
	run_withdraw(run, job->hedge);
	flight_reset(job->hedge);
	free(job->hedge);
	job->hedge = NULL;
}

/* Was the other copy of the request of `f` started, and has it not ended? */
static bool
other_copy_goes_on(struct flight *f)
{
	struct flight *other = other_of(f);

	return other && other->attempt_number &&
	       sched_item_is_inside(&other->item);
}

/* The copy `failed` of a request failed. Returns true if the other copy goes
 * on, and decides. A failed hedge is freed either way, and must not be used any
 * more; a failed main flight stays, as its job lives in it. */
static bool
hedge_drop_failed(struct run *run, struct flight *failed)
{
	struct job *job = failed->job;
	bool alive = other_copy_goes_on(failed);

	if (failed == &job->main && alive)
		flight_reset(failed);
	if (failed != &job->main || !alive)
		drop_hedge(run, job);
	return alive;
}

/* --- a transfer starts ------------------------------------------------ */

/* `job` starts for the first time: --retry-max-time counts from now on. */
static void
first_start(struct run *run, struct job *job, int64_t now)
{
	int64_t max = run->options->retry.max_time_us;

	job->first_us = now;
	if (max > 0)
		heap_push(
		    &run->retry_deadlines, &job->retry_deadline, now + max);
}

/* What the thread of a transfer looks for in the body of `job`, if there is
 * one. */
static struct early_look *
plan_look(struct run *run, const struct job *job)
{
	if (!fleet_examines(run->fleet))
		return NULL;
	return inspector_plan(run->inspector, run_wanted_of_success(run, job),
	    run_has_conditions(run, job));
}

/* Hand `f` to the engine: the scheduler has admitted it, with all places and
 * tokens that it needs. A hedge has a connection of its own, since what is slow
 * may be the connection. A body that nobody reads goes to its file as it
 * comes. */
static void
start_transfer(struct run *run, struct flight *f, int64_t now)
{
	struct job *job = f->job;
	struct attempt_spec spec = {
	    .request = job->request,
	    .hop = &f->hop,
	    .owner = f,
	    .own_connection = f == job->hedge,
	    .wire_by_us = sched_wire_by(&f->item),
	};

	if (f->anew) {
		f->anew = false;
		f->attempt_number = ++job->attempts;
		f->admitted_us = now;
	}
	if (job->first_us < 0)
		first_start(run, job, now);
	if (f == &job->main)
		arm_hedge(run, job, now);
	run->last_start.at_us = now;
	run->last_start.read = run->read;
	run_set_body_way(run, job, &spec);
	flight_take_waits(f);
	flight_limit_time(f, &spec, now);
	spec.number = f->attempt_number;
	if (!run_resume(run, f, &spec))
		return;
	f->transfer = fleet_start(run->fleet, &spec, plan_look(run, job));
}

/* It is noted that the request is sent: send it. */
static void
on_begun_noted(struct send_wait *wait)
{
	struct job *job = container_of(wait, struct job, begun);

	start_transfer(job->run, &job->main, clock_now_us());
}

/* Another machine has the request by now. */
static void
on_begun_lost(struct send_wait *wait)
{
	struct job *job = container_of(wait, struct job, begun);

	job->withdrawn = true;
	run_fail(job->run, job, ERROR_CANCELLED, "another worker has it");
}

/* A request that must not be repeated starts when it is noted that it does:
 * killed in between, whoever goes on must know that it may have been processed;
 * or, of a suspect, that it may be what killed. Returns true if `f` waits for
 * that. */
static bool
waits_for_note(struct run *run, struct flight *f)
{
	struct job *job = f->job;

	if (!run_notes_starts(run) || job->was_begun ||
	    (!job->request->is_suspect && !request_is_sent_once(job->request)))
		return false;
	job->was_begun = true;
	job->begun.go = on_begun_noted;
	job->begun.give_up = on_begun_lost;
	run_note_start(run, job);
	return true;
}

bool
run_start_one(struct run *run, int64_t now)
{
	struct sched_item *item =
	    run->stopped ? NULL : sched_next(run->sched, now);
	struct flight *f;

	if (!item)
		return false;
	f = container_of(item, struct flight, item);
	if (!waits_for_note(run, f))
		start_transfer(run, f, now);
	return true;
}

/* A request on the wire may have opened a gate for the next start. */
static void
look_behind_gate(struct run *run)
{
	if (sched_ahead(run->sched) &&
	    sched_flying(run->sched) < sched_parallel(run->sched))
		run_wake(run);
}

/* The engine asks whether a request may be sent, once more too, where libcurl
 * repeats it on a new connection. */
static bool
on_wire(void *arg, void *owner, int64_t now)
{
	struct run *run = arg;
	struct flight *f = owner;
	bool admitted = sched_on_wire(run->sched, &f->item, now);

	look_behind_gate(run);
	return admitted;
}

/* A thread has sent a request, as it was allowed to when it was started. */
static void
on_sent(void *arg, void *owner, int64_t when)
{
	struct run *run = arg;
	struct flight *f = owner;

	sched_sent(run->sched, &f->item, when);
	look_behind_gate(run);
}

/* A token of the request has lapsed: is there another? */
static int64_t
on_late(void *arg, void *owner, int64_t now)
{
	struct run *run = arg;
	struct flight *f = owner;

	return sched_renew(run->sched, &f->item, now) ? sched_wire_by(&f->item)
	                                              : now;
}

/* Transfers are over: the pump reaps them. */
static void
on_ready(void *run)
{
	run_wake(run);
}

void
run_hook_transfers(struct run *run, struct fleet_hooks *hooks)
{
	hooks->engine = (struct engine_hooks){
	    .on_wire = on_wire,
	    .on_body = run_take_body,
	    .on_turn = run_take_turn,
	    .on_ready = on_ready,
	    .arg = run,
	};
	hooks->on_sent = on_sent;
	hooks->on_late = on_late;
}

/* --- from result to verdict ------------------------------------------ */

enum {
	PARTIAL_CONTENT = 206,
	NOT_MODIFIED = 304
};

/* Why a transient failure is final, by enum retry_stop. */
static const char *const why_final[] = {
    [RETRY_STOP_BUDGET] = "not retried: --retry-budget is used up",
    [RETRY_STOP_TIME] = "not retried: --retry-max-time leaves no time",
    [RETRY_STOP_UNSAFE] =
        ("not retried: it may have been processed; an Idempotency-Key allows "
         "a retry"),
    [RETRY_STOP_REQUEUES] = "the server refused it each time",
};

/* Did the server refuse the request because a redirect led to another origin,
 * where credentials are not sent? */
static bool
lacks_secrets(const struct flight *f, const struct result *r)
{
	const struct request_options *o = f->job->request->options;

	return f->hop.trust.foreign && (r->status == 401 || r->status == 403) &&
	       (f->job->request->user || o->user || o->bearer ||
	           o->bearer_file || o->cookie || o->headers.len);
}

/* Turn an answer with an error status into a failure, unless --accept lists
 * it. */
static void
judge_status(const struct run *run, const struct flight *f, struct result *r)
{
	if (!result_ok(r) || r->part != PART_NONE ||
	    status_set_has(&run->options->accept, r->status))
		return;
	if (r->status == PARTIAL_CONTENT && !run_asked_for_part(f))
		failure_set(&r->failure, ERROR_PROTOCOL, "part", r->status,
		    "the server sent a part of the body that was not asked "
		    "for");
	if (r->status < 400)
		return;
	failure_set(&r->failure, ERROR_HTTP, NULL, r->status,
	    lacks_secrets(f, r)
	        ? "HTTP status %d; credentials are not sent to another "
	          "origin (--location-trusted sends them)"
	        : "HTTP status %d",
	    r->status);
}

/* Turn an answer whose body does not meet --expect and --until into a failure;
 * but not the 304 that says that the body in the journal is still right. */
static void
judge_body(struct run *run, const struct flight *f, struct result *r)
{
	bool is_unchanged = f->job->conditional && r->status == NOT_MODIFIED;

	if (result_ok(r) && !is_unchanged && run_has_conditions(run, f->job))
		inspector_check_conditions(run->inspector, f->job, r);
}

/* An answer with a status that --retry-on names is not what was asked for,
 * even if it is a success such as 202, unless --accept takes it. */
static void
judge_last_status(const struct run *run, struct result *r)
{
	if (!result_ok(r) ||
	    !retry_on_has(
	        &run->options->retry.on, ERROR_NONE, NULL, r->status) ||
	    status_set_has(&run->options->accept, r->status))
		return;
	failure_set(&r->failure, ERROR_HTTP, "retry", r->status,
	    "HTTP status %d; it is a failure because --retry-on lists it",
	    r->status);
}

/* All that retry_decide and retry_outcome need to know of `r`, which an attempt
 * of `f` gave. The advice of the scheduler is added later. */
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
	    .polls = job->polls,
	    .requeues = job->requeues,
	    .parallel = sched_parallel(run->sched),
	    .first_us = job->first_us,
	};
}

/* Tell the scheduler that the transfer of `f` is over: it frees its places and
 * learns how the origin fares. Returns when the origin may be tried again.
 *
 * The latency is from the request to the first byte of the answer: a long body
 * is no sign that the server has too much to do (-P auto). */
static struct sched_advice
report_end(struct run *run, struct flight *f, const struct retry_facts *facts,
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

/* `r` is not the result of the job: keep it as one of its past attempts.
 * Returns true if the other copy of the request goes on; then `f` may be freed.
 */
static bool
keep_as_past(struct run *run, struct flight *f, struct result *r)
{
	job_remember(f->job, f, r, run->start_us);
	keep_body(run, f->job, r);
	result_release(r);
	return hedge_drop_failed(run, f);
}

/* Queue another attempt after `r`, at the time of `verdict`. It is charged to
 * --retry, unless the server said that it has not processed the request. */
static void
try_again(struct run *run, struct flight *f, struct result *r,
    const struct retry_verdict *verdict)
{
	struct job *job = f->job;
	bool charged = verdict->kind == RETRY_AT;
	bool polls = verdict->kind == RETRY_POLL;

	if (keep_as_past(run, f, r))
		return;
	run->retrying += !job_was_repeated(job);
	job->retries += charged;
	job->polls += polls;
	job->requeues += !charged && !polls;
	flight_try_again(&job->main);
	queue_again(run, &job->main, charged ? SCHED_RETRY : SCHED_AGAIN,
	    verdict->at_us);
}

/* The file of a bearer token may have been renewed since it was read, so a 401
 * makes the job read it again, once. */
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

/* The message for a request that is not tried since its origin is held for too
 * long: by `row` refusals in a row, or until `until_us`. The user learns how
 * long that is. */
static void
set_too_long(
    struct failure *failure, int status, unsigned row, int64_t until_us)
{
	char *left;

	if (row >= HOLD_ROW_MAX) {
		failure_set(failure, ERROR_POLICY, "hold", status,
		    "the server refused too many times in a row");
		return;
	}
	left = notices_time_until(until_us);
	failure_set(failure, ERROR_POLICY, "hold", status,
	    "the server asks to wait %s, longer than --max-hold", left);
	free(left);
}

/* Add to the failure `r` why it was not tried again. */
static void
note_why_final(struct result *r, enum retry_stop stop)
{
	size_t known = sizeof(why_final) / sizeof(*why_final);

	if (stop == RETRY_STOP_TIME && r->failure.class == ERROR_EXPECT) {
		failure_note(&r->failure,
		    "the time for asking again is over; --retry-max-time sets "
		    "it");
		return;
	}
	if (!result_ok(r) && (size_t)stop < known && why_final[stop])
		failure_note(&r->failure, why_final[stop]);
}

/* What stdout has got of a body cannot be taken back, so another attempt would
 * print that again: say how much it is. */
static void
note_printed(const struct flight *f, struct result *r)
{
	char *note;

	if (result_ok(r) || !f->printed)
		return;
	note = xasprintf("not retried: %" PRIu64 " bytes of the body were "
	                 "printed already; with -o it can be retried",
	    f->printed);
	failure_note(&r->failure, note);
	free(note);
}

/* Try the request of `f` again, or make `r` the final result of its job. */
static void
retry_or_finish(struct run *run, struct flight *f,
    const struct retry_facts *facts, struct result *r)
{
	struct retry_verdict verdict = retry_decide(&run->options->retry, facts,
	    random_next(&run->random), clock_now_us());

	/* A failure counts only when no copy is left. */
	if (!result_ok(r) && !run->stopped && other_copy_goes_on(f)) {
		keep_as_past(run, f, r);
		return;
	}
	if (renews_bearer(f, r))
		verdict.kind = RETRY_REQUEUE;
	if (run->stopped || f->printed)
		verdict.kind = RETRY_FINAL;
	switch (verdict.kind) {
	case RETRY_AT:
	case RETRY_POLL:
	case RETRY_REQUEUE: try_again(run, f, r, &verdict); return;
	case RETRY_REJECT:
		set_too_long(&r->failure, r->status, facts->advice.row,
		    facts->advice.until_us);
		break;
	case RETRY_FINAL:
		note_why_final(r, verdict.stop);
		note_printed(f, r);
		run_note_part(f, r);
		judge_last_status(run, r);
		break;
	}
	job_conclude(f->job, f, r);
	run_finish_job(run, f->job);
}

/* Is `r` a failure that the engine gave with `reason`? */
static bool
has_engine_reason(const struct result *r, const char *reason)
{
	return r->failure.class == ERROR_LOCAL && r->failure.reason &&
	       strcmp(r->failure.reason, reason) == 0;
}

/* libcurl wanted to repeat the request by itself, but there was no rate token
 * for that, or the server refuses its header Expect. The attempt is then
 * treated as if it had never started. */
static bool
must_start_again(struct flight *f, const struct result *r)
{
	f->hop.no_expect |= has_engine_reason(r, ENGINE_EXPECT_REFUSED);
	f->part_refused |= has_engine_reason(r, ENGINE_PART_REFUSED);
	return has_engine_reason(r, ENGINE_EXPECT_REFUSED) ||
	       has_engine_reason(r, ENGINE_PART_REFUSED) ||
	       has_engine_reason(r, ENGINE_NOT_ADMITTED);
}

/* Queue `f` once more for the transfer that must start again. */
static void
readmit(struct run *run, struct flight *f, struct result *r)
{
	static const struct sched_report aborted = {
	    .outcome = SCHED_ABORTED, .latency_us = -1};

	sched_release(run->sched, &f->item, &aborted, clock_now_us());
	result_release(r);
	queue_again(run, f, SCHED_AGAIN, 0);
}

/* Returns true if `r` is a redirect whose next hop is queued now. One that
 * cannot be followed is a failure, unless --accept lists its status.
 *
 * What was sent to the hop before counts for all that follows: a POST that was
 * answered by a redirect has been processed. */
static bool
follow_redirect(struct run *run, struct flight *f, struct result *r)
{
	enum resend_method method = hop_resend_method(&f->hop, f->job->request);

	switch (
	    redirect_next(&run->options->fetch, f->job->request, r, &f->hop)) {
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
	keep_body(run, f->job, r);
	result_release(r);
	queue_again(run, f, SCHED_AGAIN, 0);
	return true;
}

/* The user is told once: the number goes down again and again until it fits. */
void
run_lower_parallel(struct run *run, struct flight *f, int os_errno)
{
	unsigned parallel =
	    sched_lower_parallel(run->sched, &f->item, clock_now_us());

	fleet_save_connections(run->fleet);
	if (!run->lowered && !run->options->parallel_lowered)
		log_note("this machine ran out of resources (%s): "
		         "lowering -P to %u and retrying the affected requests",
		    strerror(os_errno), parallel);
	run->lowered = true;
}

/*
 * A transfer is over: its flight goes on to the next hop, is tried again, or
 * its result is final. The order counts: the exchange is recorded while the hop
 * is still the one that was fetched, and the scheduler is told before a
 * redirect queues the flight again.
 */
static void
transfer_done(struct run *run, struct flight *f, struct result *r)
{
	struct retry_facts facts;

	f->transfer = NULL;
	if (must_start_again(f, r)) {
		readmit(run, f, r);
		return;
	}
	judge_status(run, f, r);
	run_take_part(run, f, r);
	/* The body of a redirect counts only where it is not followed. */
	if (!r->location)
		judge_body(run, f, r);
	record_exchange(run, f, r);
	flight_add_hop(f, r);
	if (r->os_errno && (r->failure.class == ERROR_LOCAL ||
	                       io_lacks_descriptors(r->os_errno)))
		run_lower_parallel(run, f, r->os_errno);
	facts = facts_of(run, f, r);
	facts.advice = report_end(run, f, &facts, r);
	if (follow_redirect(run, f, r))
		return;
	if (r->location)
		judge_body(run, f, r);
	record_latency(run, r);
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

/* "not tried: example.org has been down since 12:03:04" */
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
	    FAILURE_NOT_TRIED, 0, "not tried: %s has been down since %s", host,
	    since);
	free(host);
}

/* Fail a request that the scheduler rejected without a try. Returns true if
 * there was one. A hedge that is rejected leaves the main flight alone. */
static bool
fail_rejected(struct run *run)
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
	if (hedge_drop_failed(run, f)) {
		result_release(&r);
		return true;
	}
	job_conclude(job, NULL, &r);
	run_finish_job(run, job);
	return true;
}

/* Fail a request that has waited for its next attempt until its
 * --retry-max-time was over; for one that is in flight the engine does so.
 * Returns true if the time of one was over. */
static bool
fail_expired(struct run *run, int64_t now)
{
	struct heap_node *top = heap_top(&run->retry_deadlines);
	struct job *job;

	if (!top || top->at > now)
		return false;
	heap_pop(&run->retry_deadlines);
	job = container_of(top, struct job, retry_deadline);
	if (job->main.transfer || (job->hedge && job->hedge->transfer) ||
	    !sched_item_is_inside(&job->main.item))
		return true;
	run_fail(run, job, ERROR_TIMEOUT,
	    "--retry-max-time passed before another attempt could start");
	return true;
}

bool
run_reap_one(struct run *run)
{
	struct landing landing;
	struct flight *f;

	if (!fleet_reap(run->fleet, &landing))
		return false;
	f = landing.owner;
	inspector_keep_early(run->inspector, f->job, landing.task);
	transfer_done(run, landing.owner, &landing.result);
	return true;
}

bool
run_handle_overdue(struct run *run, int64_t now)
{
	return fail_rejected(run) || fail_expired(run, now) ||
	       start_hedge(run, now);
}
