#include "config.h"

#include "run_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "schedule/retry.h"

enum {
	PUMP_STEPS = 256,
	PUMP_US = 5000 /* then the sockets have their turn */
};

/* splitmix64: jitter needs spread, not secrecy. */
static uint64_t
next_random(struct run *run)
{
	uint64_t z = run->random += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

static void
fail(struct run *run, struct job *job, enum error_class class,
    const char *message)
{
	struct result r;

	result_init(&r);
	failure_set(&r.failure, class, NULL, 0, "%s", message);
	job_conclude(job, &r);
	run_finish_job(run, job);
}

/* --- input -> request -> schedule ----------------------------------- */

/* A file that is there already needs no request. */
static bool
is_there_already(struct run *run, struct job *job, const char *path)
{
	const struct output_options *o = &run->options->output;
	struct result r;

	if (!o->skip_existing || !save_exists(o, job->request->output))
		return false;
	result_init(&r);
	r.file = xstrdup(path);
	job_conclude(job, &r);
	run_finish_job(run, job);
	return true;
}

/* Its file, if it has one, must be its own. True: it is done already. */
static bool
claim_file(struct run *run, struct job *job)
{
	const struct output_options *o = &run->options->output;
	struct request *request = job->request;
	bool done = true;
	char *path;

	if (o->remote_name && !request->output)
		request->output = save_remote_name(request->url);
	if (!request->output)
		return false;
	path = save_path(o, request->output);
	if (!claims_take(&run->claims, path))
		fail(run, job, ERROR_OUTPUT,
		    "another request of this run has the same file");
	else
		done = is_there_already(run, job, path);
	free(path);
	return done;
}

static void
admit(struct run *run, struct request *request, int64_t now)
{
	struct job *job = job_new(run, request, now);

	list_push_back(&run->jobs, &job->link);
	job->slot = order_append(run->order, job);
	if (request->invalid)
		fail(run, job, ERROR_INPUT, request->invalid);
	else if (!claim_file(run, job))
		sched_add(run->sched, &job->item, request->origin, SCHED_FRESH,
		    now, now);
}

/* (a) There is room: read more. */
static bool
read_one(struct run *run, enum sched_scope scope, int64_t now)
{
	struct request *request;

	if (run->input_ended || run->input_waits || run->stopped ||
	    scope != SCHED_ALL || !sched_has_room(run->sched))
		return false;
	switch (run->parts.feed.next(run->parts.feed.arg, &request)) {
	case SOURCE_REQUEST: admit(run, request, now); return true;
	case SOURCE_WAIT: run_wait_for_input(run); return false;
	case SOURCE_END: run->input_ended = true; return false;
	}
	return false;
}

/* --- schedule -> fetch ---------------------------------------------- */

static void
first_start(struct run *run, struct job *job, int64_t now)
{
	int64_t max = run->options->retry.max_time_us;

	job->first_us = now;
	if (max > 0)
		heap_push(&run->limits, &job->limit, now + max);
}

static void
start(struct run *run, struct job *job, int64_t now)
{
	bool whole_body = run->extractor || run->options->output.with_body;
	struct attempt_spec spec = {
	    .request = job->request,
	    .hop = &job->hop,
	    .owner = job,
	    .stream = job->request->output && !whole_body,
	};

	if (job->hop.number == 0) {
		job->attempts++;
		job->attempt_us = now;
	}
	if (job->first_us < 0)
		first_start(run, job, now);
	job_limit_time(job, &spec, now);
	job->attempt = engine_start(run->engine, &spec);
}

static bool
start_one(struct run *run, int64_t now)
{
	struct sched_item *item =
	    run->stopped ? NULL : sched_next(run->sched, now);

	if (!item)
		return false;
	start(run, container_of(item, struct job, item), now);
	return true;
}

static bool
on_wire(void *arg, void *owner)
{
	struct run *run = arg;
	struct job *job = owner;
	bool admitted = sched_on_wire(run->sched, &job->item, clock_now_us());

	/* It may have opened a gate. */
	if (sched_ahead(run->sched) &&
	    sched_flying(run->sched) < sched_parallel(run->sched))
		run_wake(run);
	return admitted;
}

static void
on_body(void *arg, void *owner, struct buf *chunk)
{
	save_write(run_save_of(arg, owner), chunk);
}

static void
on_ready(void *arg)
{
	run_wake(arg);
}

/* --- fetch -> result -> verdict -------------------------------------- */

/* An error status is a failure, unless it is accepted. */
static void
judge_status(const struct run *run, struct result *r)
{
	if (result_ok(r) && r->status >= 400 &&
	    !status_set_has(&run->options->accept, r->status))
		failure_set(&r->failure, ERROR_HTTP, NULL, r->status,
		    "HTTP status %d", r->status);
}

static struct retry_facts
facts_of(const struct run *run, const struct job *job, const struct result *r)
{
	return (struct retry_facts){
	    .class = r->failure.class,
	    .reason = r->failure.reason,
	    .status = r->status,
	    .idempotent = request_is_idempotent(job->request),
	    .sent = r->size_request > 0,
	    .quota = &r->quota,
	    .retries = job->retries,
	    .requeues = job->requeues,
	    .parallel = sched_parallel(run->sched),
	    .first_us = job->first_us,
	};
}

static struct sched_landing
land_item(struct run *run, struct job *job, const struct retry_facts *facts,
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
	    .closed = r->failure.class == ERROR_RESET ||
	              r->failure.class == ERROR_CONNECT,
	};

	return sched_land(run->sched, &job->item, &report, clock_now_us());
}

/* (b) Again, in the same slot: a redirect hop, a retry, a requeue. */
static void
again(struct run *run, struct job *job, enum sched_rank rank, int64_t at)
{
	sched_add(run->sched, &job->item, hop_origin(&job->hop, job->request),
	    rank, at, clock_now_us());
}

static void
try_again(struct run *run, struct job *job, struct result *r,
    const struct retry_verdict *verdict)
{
	bool charged = verdict->kind == RETRY_AT;

	job->retries += charged;
	job->requeues += !charged;
	job_next_attempt(job, r, run->start_us);
	result_release(r);
	again(run, job, charged ? SCHED_RETRY : SCHED_AGAIN, verdict->at_us);
}

/* A token's file may have been renewed since it was read: once more. */
static bool
renews_bearer(struct job *job, const struct result *r)
{
	const char *bearer = job->request->options->bearer;

	if (r->status != 401 || !bearer || *bearer != '@' ||
	    job->bearer_renewed || job->hop.foreign)
		return false;
	job->bearer_renewed = true;
	return true;
}

static void
retry_or_finish(struct run *run, struct job *job,
    const struct retry_facts *facts, struct result *r)
{
	struct retry_verdict verdict = retry_decide(
	    &run->options->retry, facts, next_random(run), clock_now_us());

	if (renews_bearer(job, r))
		verdict = (struct retry_verdict){.kind = RETRY_REQUEUE};
	switch (verdict.kind) {
	case RETRY_AT:
	case RETRY_REQUEUE: try_again(run, job, r, &verdict); return;
	case RETRY_REFUSE:
		failure_set(&r->failure, ERROR_POLICY, "hold", r->status,
		    "its server asks to wait longer than --max-hold");
		break;
	case RETRY_FINAL: break;
	}
	job_conclude(job, r);
	run_finish_job(run, job);
}

/* A silent repeat of libcurl found no token: as if it had never started. */
static bool
was_not_admitted(const struct result *r)
{
	return r->failure.class == ERROR_LOCAL && r->failure.reason &&
	       strcmp(r->failure.reason, ENGINE_NOT_ADMITTED) == 0;
}

static void
readmit(struct run *run, struct job *job, struct result *r)
{
	static const struct sched_report aborted = {
	    .outcome = SCHED_ABORTED, .latency_us = -1};

	sched_land(run->sched, &job->item, &aborted, clock_now_us());
	result_release(r);
	again(run, job, SCHED_AGAIN, 0);
}

/* True: the next hop is on its way. One that is not followed is a failure,
 * unless its status is accepted. */
static bool
follow_redirect(struct run *run, struct job *job, struct result *r)
{
	switch (redirect_next(run->parts.fetch, job->request, r, &job->hop)) {
	case REDIRECT_NONE: return false;
	case REDIRECT_FAILED:
		if (status_set_has(&run->options->accept, r->status))
			failure_clear(&r->failure);
		return false;
	case REDIRECT_FOLLOW: break;
	}
	job_next_hop(job, r);
	result_release(r);
	again(run, job, SCHED_AGAIN, 0);
	return true;
}

static void
lower_parallel(struct run *run, struct job *job, int os_errno)
{
	unsigned parallel =
	    sched_lower_parallel(run->sched, &job->item, clock_now_us());

	if (!run->lowered)
		log_note("this machine ran out of something (%s): "
		         "-P goes down to %u, what it hit goes again",
		    strerror(os_errno), parallel);
	run->lowered = true;
}

static void
land(struct run *run, struct job *job, struct result *r)
{
	struct retry_facts facts;

	job->attempt = NULL;
	if (was_not_admitted(r)) {
		readmit(run, job, r);
		return;
	}
	job_add_hop(job, r);
	judge_status(run, r);
	if (r->failure.class == ERROR_LOCAL && r->os_errno)
		lower_parallel(run, job, r->os_errno);
	facts = facts_of(run, job, r);
	facts.landing = land_item(run, job, &facts, r);
	if (follow_redirect(run, job, r))
		return;
	facts.class = r->failure.class;
	facts.reason = r->failure.reason;
	retry_or_finish(run, job, &facts, r);
}

static bool
reap_one(struct run *run)
{
	struct result r;
	void *owner;

	if (!engine_reap(run->engine, &owner, &r))
		return false;
	land(run, owner, &r);
	return true;
}

/* Items that the scheduler has given up end as failures, untried. */
static bool
doom_one(struct run *run)
{
	struct sched_sentence s;
	struct sched_item *item = sched_next_doomed(run->sched, &s);
	struct job *job;

	if (!item)
		return false;
	job = container_of(item, struct job, item);
	if (s.doom == SCHED_DOOM_HOLD)
		fail(run, job, ERROR_POLICY,
		    "its server asks to wait longer than --max-hold");
	else
		fail(run, job, s.dns ? ERROR_DNS : ERROR_CONNECT,
		    "not tried: its host is down");
	return true;
}

/* What waits for its next attempt may wait until --retry-max-time; what flies
 * is ended by the engine. */
static bool
expire_one(struct run *run, int64_t now)
{
	struct heap_node *top = heap_top(&run->limits);
	struct job *job;

	if (!top || top->at > now)
		return false;
	heap_pop(&run->limits);
	job = container_of(top, struct job, limit);
	if (!job->attempt && sched_item_is_inside(&job->item)) {
		sched_remove(run->sched, &job->item, now);
		fail(run, job, ERROR_TIMEOUT,
		    "--retry-max-time ended the wait for another attempt");
	}
	return true;
}

/* --- the pump --------------------------------------------------------- */

static enum sched_scope
scope_now(struct run *run)
{
	struct job *head;

	if (writer_pending(run->writer) > WRITER_STDOUT_MAX)
		return SCHED_NOTHING;
	if (order_has_room(run->order))
		return SCHED_ALL;
	head = order_head(run->order);
	if (!run->held_up && head)
		log_note("%s holds up the output, and what waits behind it "
		         "fills --order-buffer: nothing else starts",
		    head->request->input);
	run->held_up = true;
	return SCHED_HEAD_ONLY;
}

static void
look_at_head(struct run *run)
{
	struct job *head = order_head(run->order);

	if (head && sched_item_is_inside(&head->item))
		sched_set_head(run->sched, &head->item);
}

static bool
step(struct run *run, enum sched_scope scope, int64_t now)
{
	return reap_one(run) || doom_one(run) || expire_one(run, now) ||
	       read_one(run, scope, now) || start_one(run, now);
}

static int64_t
next_moment(struct run *run, int64_t now)
{
	struct heap_node *top = heap_top(&run->limits);
	int64_t wake = sched_wake(run->sched, now);

	return top && (wake < 0 || top->at < wake) ? top->at : wake;
}

static bool
is_settled(const struct run *run)
{
	return (run->input_ended || run->stopped) && list_empty(&run->jobs);
}

/* Bounded, so that sockets are served; never entered recursively. */
void
run_pump(struct run *run)
{
	int64_t now = clock_now_us();
	int64_t until = now + PUMP_US;
	enum sched_scope scope = scope_now(run);
	bool busy = true;

	if (run->finished)
		return;
	sched_set_scope(run->sched, scope);
	look_at_head(run);
	for (int i = 0; i < PUMP_STEPS && busy && now < until; i++) {
		busy = step(run, scope, now);
		if (run->stop_wanted != RUN_WENT_THROUGH && !run->stopped)
			run_cancel_all(run);
		now = clock_now_us();
	}
	order_flush(run->order);
	if (busy)
		run_wake(run);
	else if (is_settled(run))
		run_finish(run);
	else
		run_wake_at(run, next_moment(run, now), now);
}

struct engine_hooks
run_hooks(struct run *run)
{
	return (struct engine_hooks){
	    .on_wire = on_wire,
	    .on_body = on_body,
	    .on_ready = on_ready,
	    .arg = run,
	};
}
