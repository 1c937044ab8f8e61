#include "config.h"

#include "run/run_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "process/environment.h"
#include "process/log.h"
#include "request/given.h"
#include "request/template.h"
#include "run/notices.h"

enum {
	AUTO_MAX = 1024, /* in flight with -P auto */
	PUMP_STEPS = 256,
	PUMP_US = 5000,        /* then the sockets are served */
	LOOKING_MAX = 64 << 20 /* bytes of bodies that are to be looked into */
};

static const int64_t margin_max_us = 25 * CLOCK_MS;

/* --- before a run ---------------------------------------------------- */

/* Lanes are made for what may be in flight at most; with -P auto that is more
 * than the number that the run begins with. */
static void
limit_parallel(struct run_options *o)
{
	unsigned most = environment_max_parallel();
	unsigned automatic = most < AUTO_MAX ? most : AUTO_MAX;

	if (o->sched.parallel > most) {
		log_note("-P %u needs more descriptors than the limit allows "
		         "(ulimit -n): using -P %u",
		    o->sched.parallel, most);
		o->sched.parallel = most;
		o->parallel_lowered = true;
	}
	o->sched.parallel_max = automatic;
	o->fetch.parallel =
	    o->sched.parallel_auto ? automatic : o->sched.parallel;
}

/* Starts drift by up to 0.5 % on their way to the server, which counts what
 * arrives: without a margin it would see the limit exceeded. */
static void
add_rate_margin(struct rate_limit *rate)
{
	int64_t margin = rate->period_us / 200;

	rate->period_us += margin < margin_max_us ? margin : margin_max_us;
}

void
run_prepare_options(struct run_options *o)
{
	limit_parallel(o);
	add_rate_margin(&o->sched.rate);
	add_rate_margin(&o->sched.host_rate);
}

/* --- schedule -> fetch ----------------------------------------------- */

static void
first_start(struct run *run, struct job *job, int64_t now)
{
	int64_t max = run->options->retry.max_time_us;

	job->first_us = now;
	if (max > 0)
		heap_push(
		    &run->retry_deadlines, &job->retry_deadline, now + max);
}

/* `f` has its places and all else that it needs: hand it to the engine. */
static void
start(struct run *run, struct flight *f, int64_t now)
{
	struct job *job = f->job;
	struct attempt_spec spec = {
	    .request = job->request,
	    .hop = &f->hop,
	    .owner = f,
	    .stream = job->request->output && !run_reads_bodies(run, job),
	    .own_connection = f == job->hedge,
	};

	if (f->anew) {
		f->anew = false;
		f->attempt_number = ++job->attempts;
		f->admitted_us = now;
	}
	if (job->first_us < 0)
		first_start(run, job, now);
	if (f == &job->main)
		run_hedge_arm(run, job, now);
	run->last_start_us = now;
	flight_take_waits(f);
	flight_limit_time(f, &spec, now);
	f->attempt = engine_start(run->engine, &spec);
}

static void
start_begun(struct journal_wait *wait)
{
	struct job *job = container_of(wait, struct job, begun);

	start(job->run, &job->main, clock_now_us());
}

/* A request that must not be repeated starts when the journal has noted that it
 * does. True: it waits for that. */
static bool
waits_for_journal(struct run *run, struct flight *f)
{
	struct job *job = f->job;

	if (!run->journal || job->was_begun ||
	    resend_allows(request_resend_method(job->request), WIRE_UNKNOWN,
	        RESEND_RERUN))
		return false;
	job->was_begun = true;
	job->begun.go = start_begun;
	journal_writer_begin(run->journal_writer, &job->key, &job->begun);
	return true;
}

static bool
start_one(struct run *run, int64_t now)
{
	struct sched_item *item =
	    run->stopped ? NULL : sched_next(run->sched, now);
	struct flight *f;

	if (!item)
		return false;
	f = container_of(item, struct flight, item);
	if (!waits_for_journal(run, f))
		start(run, f, now);
	return true;
}

static bool
on_wire(void *arg, void *owner)
{
	struct run *run = arg;
	struct flight *f = owner;
	bool admitted = sched_on_wire(run->sched, &f->item, clock_now_us());

	/* It may have opened a gate. */
	if (sched_ahead(run->sched) &&
	    sched_flying(run->sched) < sched_parallel(run->sched))
		run_wake(run);
	return admitted;
}

static void
on_body(void *arg, void *owner, struct buf *chunk)
{
	struct flight *f = owner;

	if (!f->save)
		run_save_begin(arg, f);
	save_write(f->save, chunk);
}

static void
wake(void *run)
{
	run_wake(run);
}

static struct engine_hooks
hooks_of(struct run *run)
{
	return (struct engine_hooks){
	    .on_wire = on_wire,
	    .on_body = on_body,
	    .on_ready = wake,
	    .arg = run,
	};
}

/* --- the end --------------------------------------------------------- */

static const char *const why_cancelled[] = {
    [RUN_WENT_THROUGH] = "",
    [RUN_SIGNAL] = "interrupted",
    [RUN_DEADLINE] = "--deadline ended the run",
    [RUN_FAILURES] = "too many requests failed",
    [RUN_FIRST] = "--first has what it wanted",
    [RUN_UNWRITABLE] = "the output cannot be written",
};

const char *
run_why_cancelled(const struct run *run)
{
	return why_cancelled[run->stop_wanted];
}

void
run_stop(struct run *run, enum run_stop why)
{
	if (run->stop_wanted != RUN_WENT_THROUGH)
		return;
	run->stop_wanted = why;
	run_wake(run);
}

/* Go on with a job whose body a thread was done with. True: there was one. */
static bool
finish_looked_one(struct run *run)
{
	struct job *job = looker_next(run->looker);

	if (job)
		run_finish_looked(run, job);
	return job != NULL;
}

/* What is done when the run ends counts; except for --first, which has enough
 * successes without them. */
static void
reap_what_is_done(struct run *run)
{
	if (run->stop_wanted == RUN_FIRST)
		return;
	while (run_reap_one(run) || finish_looked_one(run))
		continue;
}

static bool
is_under_way(const struct job *job)
{
	return sched_item_is_inside(&job->main.item) ||
	       (job->hedge && sched_item_is_inside(&job->hedge->item));
}

/* What only waits for its file is done, and stays so. */
static void
cancel_job(struct run *run, struct job *job)
{
	const char *why = run_why_cancelled(run);

	if (job->branch) {
		run_cancel_branch(run, job);
	} else if (looker_cancel(run->looker, job)) {
		failure_set(
		    &job->result.failure, ERROR_CANCELLED, NULL, 0, "%s", why);
		run_finish_looked(run, job);
	} else if (is_under_way(job)) {
		run_fail(run, job, ERROR_CANCELLED, why);
	}
}

/* Carry out stop_wanted: cancel all that is not final. */
static void
cancel_all(struct run *run)
{
	run->stopped = true;
	run->outcome.stop = run->stop_wanted;
	if (run->input_waits)
		event_del(&run->input);
	reap_what_is_done(run);
	LIST_FOREACH_SAFE (l, next, &run->jobs)
		cancel_job(run, container_of(l, struct job, link));
}

static void
on_fence(struct writer_task *task)
{
	struct run *run = container_of(task, struct run, fence);

	event_base_loopbreak(run->parts.base);
}

static void
pass_fence(struct writer_task *task, struct writer *writer)
{
	(void)task;
	(void)writer;
}

/* Everything is settled: write the end, and leave the loop after it. The loop
 * goes on until the writer has come this far, so that signals are
 * still heard while a slow reader takes the rest. */
static void
finish(struct run *run)
{
	run->finished = true;
	order_finish(run->order);
	sinks_close(run->sinks);
	run->sinks = NULL;
	run_journal_finish(run);
	if (writer_finish(run->writer)) {
		event_base_loopbreak(run->parts.base);
		return;
	}
	run->fence =
	    (struct writer_task){.perform = pass_fence, .done = on_fence};
	writer_submit(run->writer, &run->fence);
}

/* --- the pump -------------------------------------------------------- */

/* The spill file may just lag: only one that takes long is to blame. */
static void
report_who_holds_up(struct run *run, int64_t now)
{
	struct job *head = order_head(run->order);
	char *input;

	if (run->held_up || !head || head->first_us < 0 ||
	    now - head->first_us < CLOCK_SECOND)
		return;
	run->held_up = true;
	input = given_subject(head->request);
	log_note("%s holds up the output, and what waits behind it "
	         "fills --order-buffer: nothing else starts",
	    input);
	free(input);
}

static enum sched_scope
scope_now(struct run *run, int64_t now)
{
	if (writer_pending(run->writer) > WRITER_STDOUT_MAX ||
	    looker_pending(run->looker) > LOOKING_MAX ||
	    writer_lacks_descriptor(run->writer))
		return SCHED_NOTHING;
	if (order_has_room(run->order))
		return SCHED_ALL;
	report_who_holds_up(run, now);
	return SCHED_HEAD_ONLY;
}

void
run_update_head(struct run *run)
{
	struct job *head = order_head(run->order);

	if (head && sched_item_is_inside(&head->main.item))
		sched_set_head(run->sched, &head->main.item);
}

static bool
step(struct run *run, enum sched_scope scope, int64_t now)
{
	return run_reap_one(run) || finish_looked_one(run) ||
	       run_handle_overdue(run, now) ||
	       run_make_request(run, scope, now) || start_one(run, now) ||
	       run->input_busy;
}

/* The earlier one of two moments; -1: none. */
static int64_t
earlier(int64_t a, int64_t b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return b < a ? b : a;
}

static int64_t
time_of_top(const struct heap *heap)
{
	struct heap_node *top = heap_top(heap);

	return top ? top->at : -1;
}

/* When the pump has something to do again, if nothing wakes it before. */
static int64_t
next_moment(struct run *run, int64_t now)
{
	int64_t at = sched_wake(run->sched, now);

	at = earlier(at, time_of_top(&run->retry_deadlines));
	at = earlier(at, time_of_top(&run->hedge_timers));
	return earlier(at, run_next_read_us(run, now));
}

static bool
is_settled(const struct run *run)
{
	return (run->input_ended || run->stopped) && list_empty(&run->jobs);
}

/* What was settled may let others start: all, or the next one in the order.
 * Nobody else would say so where nothing is in flight. */
static bool
may_start_more(struct run *run, enum sched_scope scope, const void *head)
{
	return order_head(run->order) != head ||
	       scope_now(run, clock_now_us()) != scope;
}

/* Bounded, so that sockets are served; never entered recursively. */
void
run_pump(struct run *run)
{
	int64_t now = clock_now_us();
	int64_t until = now + PUMP_US;
	enum sched_scope scope = scope_now(run, now);
	const void *head = order_head(run->order);
	bool busy = true;

	if (run->finished)
		return;
	run->pumping = true;
	sched_set_scope(run->sched, scope);
	run_update_head(run);
	for (int i = 0; i < PUMP_STEPS && busy && now < until; i++) {
		busy = step(run, scope, now);
		if (run->stop_wanted != RUN_WENT_THROUGH && !run->stopped)
			cancel_all(run);
		now = clock_now_us();
	}
	if (writer_lacks_descriptor(run->writer))
		engine_drop_idle(run->engine);
	order_flush(run->order);
	run_journal_flush(run);
	busy |= run->woken || may_start_more(run, scope, head);
	run->pumping = run->woken = false;
	/* The last bytes of a small run need no thread (writer/writer.h). */
	if (!is_settled(run))
		writer_start(run->writer);
	if (busy)
		run_wake_at(run, now, now);
	else if (is_settled(run))
		finish(run);
	else
		run_wake_at(run, next_moment(run, now), now);
}

/* --- a run is made, takes place, and is taken apart ------------------ */

static int
compile_expressions(struct run *run, char **cause)
{
	struct compiled *c = &run->compiled;

	if (compiled_open(c, run->options, &run->parts.feed.names, cause))
		return -1;
	if (c->extractor) {
		run->empty_columns = columns_new(c->extractor);
	}
	return 0;
}

static int
open_output(struct run *run, char **cause)
{
	const struct output_options *o = &run->options->output;

	run->writer = writer_open(run->parts.out_fd, cause);
	if (!run->writer)
		return -1;
	if (o->as_it_is)
		writer_keep_bytes(run->writer);
	run->order =
	    order_new(o, encoder_framing(run->compiled.encoder), run->writer);
	if (!o->dump_header)
		return 0;
	run->header_dump = header_dump_open(run->writer, o->dump_header, cause);
	return run->header_dump ? 0 : -1;
}

/* One name for several files is seen before anything is fetched. */
static int
check_names(const struct run *run, char **cause)
{
	const struct output_options *o = &run->options->output;
	const char *name = run->options->request.output;
	char *path;
	bool clash;

	if (!o->save || o->remote_name || run->parts.feed.total < 2 || !name ||
	    template_varies(name) || strcmp(name, "-") == 0)
		return 0;
	path = save_path(o, name);
	clash = !claims_is_shared_target(path);
	free(path);
	if (clash)
		*cause = xasprintf("-o %s: several requests cannot share one "
		                   "file; put {{n}} into its name",
		    name);
	return clash ? -1 : 0;
}

/* Last of all: from here on the run takes place. */
static int
open_sinks(struct run *run, char **cause)
{
	const struct sink_setup setup = {
	    .options = &run->options->output,
	    .writer = run->writer,
	    .start_wall_us = clock_wall_us(),
	    .journal = run_journal_id(run),
	};

	if (!sinks_wanted(setup.options))
		return 0;
	run->sinks = sinks_open(&setup, cause);
	return run->sinks ? 0 : -1;
}

static int
open_stages(struct run *run, char **cause)
{
	struct engine_hooks hooks = hooks_of(run);
	struct sched_options noticed = notices_on(&run->options->sched);

	if (check_names(run, cause) || compile_expressions(run, cause) ||
	    open_output(run, cause))
		return -1;
	run->engine =
	    engine_new(run->parts.base, &run->options->fetch, &hooks, cause);
	if (!run->engine)
		return -1;
	run->failures = failures_new();
	run->sched = run->parts.sched ? run->parts.sched : sched_new(&noticed);
	return run_journal_open(run, cause) || open_sinks(run, cause) ? -1 : 0;
}

/* No request may have them. */
static void
claim_named_files(struct run *run)
{
	const struct output_files *files = run->parts.files;

	for (size_t i = 0; files && i < files->len; i++)
		if (strcmp(files->items[i].option, "-o") != 0)
			claims_take(&run->claims, files->items[i].path);
}

static struct looker *
new_looker(struct run *run)
{
	const struct looker_setup setup = {
	    .compiled = &run->compiled,
	    .options = run->options,
	    .names = &run->parts.feed.names,
	    .base = run->parts.base,
	    .ready = wake,
	    .arg = run,
	};

	return looker_new(&setup);
}

struct run *
run_new(const struct run_parts *parts, char **cause)
{
	struct run *run = xcalloc(1, sizeof(*run));

	run->parts = *parts;
	run->options = parts->options;
	run->random = (uint64_t)clock_wall_us();
	list_init(&run->jobs);
	list_init(&run->branches);
	heap_init(&run->retry_deadlines);
	heap_init(&run->hedge_timers);
	claims_init(&run->claims);
	claim_named_files(run);
	encoded_init(&run->encoded);
	run->looker = new_looker(run);
	if (open_stages(run, cause)) {
		run_free(run);
		return NULL;
	}
	run_events_open(run);
	return run;
}

static void
count_holds(void *arg, const struct sched_origin_view *origin)
{
	uint64_t *holds = arg;

	*holds += origin->holds;
}

/* What no single result knows. */
static void
count_stages(struct run *run)
{
	struct engine_counts counts = engine_counts(run->engine);
	struct totals *t = &run->outcome.totals;

	t->connections_opened = counts.connections_opened;
	t->connections_reused = counts.connections_reused;
	t->hedges = run->hedges.extra;
	sched_each_origin(run->sched, count_holds, &t->holds);
	run->outcome.lowered = run->lowered;
}

/* Everything is in the writer's hands: see it through, or, where a second
 * signal or a blocked output ended the loop, leave it behind. */
static void
close_output(struct run *run)
{
	header_dump_close(run->header_dump);
	run->header_dump = NULL;
	order_free(run->order);
	run->order = NULL;
	if (run->finished && !run->abandoned)
		writer_close(run->writer, &run->outcome.os_errno,
		    &run->outcome.unwritable);
	else
		writer_abandon(run->writer);
	run->writer = NULL;
}

static void
set_unmatched(struct run *run)
{
	struct run_outcome *o = &run->outcome;

	o->unmatched =
	    extractor_barren(run->compiled.extractor, &o->unmatched_answers);
	o->extract = extractor_option(run->compiled.extractor);
}

struct run_outcome
run_loop(struct run *run)
{
	run->start_us = clock_now_us();
	run->last_start_us = run->start_us;
	run->start_wall_us = clock_wall_us();
	run_wake(run);
	run_progress_open(run);
	event_base_dispatch(run->parts.base);
	run->outcome.totals.wall_us = clock_now_us() - run->start_us;
	count_stages(run);
	if (run->compiled.extractor)
		set_unmatched(run);
	run_progress_close(run);
	if (run->options->sched.parallel_auto &&
	    totals_count(&run->outcome.totals) > run->options->sched.parallel)
		notices_settled(run->sched);
	run->outcome.left_behind = looker_stuck(run->looker) > 0;
	run_events_close(run);
	close_output(run);
	if (run->outcome.os_errno != EPIPE)
		failures_finish(run->failures);
	return run->outcome;
}

static void
drop_jobs(struct run *run)
{
	while (!list_empty(&run->jobs)) {
		struct job *job =
		    container_of(run->jobs.next, struct job, link);

		run_drop_job(run, job);
	}
}

/* The run did not take place: nothing was written. */
static void
drop_output(struct run *run)
{
	if (!run->writer)
		return;
	header_dump_close(run->header_dump);
	order_free(run->order);
	writer_close(run->writer, NULL, NULL);
}

void
run_free(struct run *run)
{
	if (!run)
		return;
	drop_output(run);
	engine_free(run->engine);
	drop_jobs(run);
	looker_free(run->looker);
	heap_release(&run->retry_deadlines);
	heap_release(&run->hedge_timers);
	if (!run->parts.sched)
		sched_free(run->sched);
	claims_release(&run->claims);
	failures_free(run->failures);
	columns_free(run->empty_columns);
	compiled_release(&run->compiled);
	encoded_release(&run->encoded);
	if (!run->abandoned) {
		run_progress_free(run);
		run_journal_free(run);
	}
	free(run->outcome.unwritable);
	free(run);
}
