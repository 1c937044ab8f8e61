/*
 * A run from top to bottom: what wakes its pump, how it is stopped, the pump
 * itself, the events of the loop, and how a run is made and taken apart.
 *
 * The pump is the only place that knows all stages. It takes small steps: reap
 * a transfer, finish a job, read or derive a request, start a transfer. Each
 * event of the loop only wakes it.
 */
#include "config.h"

#include "run/run_private.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "process/exit.h"
#include "process/log.h"
#include "request/given.h"
#include "run/notices.h"

enum {
	/* A turn of the pump ends after so many steps or so much time, and the
	 * loop serves the sockets. */
	PUMP_STEPS = 256,
	PUMP_US = 5000,
	INSPECTED_MAX = 64 << 20 /* bytes of bodies that wait for threads */
};

/* How long an output may take nothing after a signal. */
static const struct timeval two_seconds = {2, 0};

/* Signals that are closer than this are one: timeout(1) signals its child, and
 * then the group that both are in. */
enum {
	ONE_SIGNAL_US = 100 * 1000
};

/* --- what wakes the pump ---------------------------------------------- */

/* An event that makes itself active runs again before libevent looks at any
 * descriptor, signal or timer: the pump asks for its next turn by a timer. */
void
run_wake(struct run *run)
{
	if (run->pumping)
		run->woken = true;
	else
		event_active(&run->pump, EV_TIMEOUT, 1);
}

/* Call the pump no later than `at`; -1: nothing needs it. */
static void
wake_at(struct run *run, int64_t at, int64_t now)
{
	struct timeval tv = clock_timeval(at - now);

	if (at == run->armed_us)
		return;
	run->armed_us = at;
	if (at < 0)
		evtimer_del(&run->wake);
	else
		evtimer_add(&run->wake, &tv);
}

static void pump(struct run *);

/* The pump runs at once: a line that is typed should start its request in this
 * turn of the loop. */
static void
on_input(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;

	(void)fd;
	(void)what;
	run->input_waits = false;
	run->parts.feed.fill(run->parts.feed.arg);
	pump(run);
}

/* Where the feed has nothing right now, go on when its descriptor is readable.
 */
static void
watch_input(struct run *run)
{
	int fd;

	if (!run->input_waits || run->stopped ||
	    event_pending(&run->input, EV_READ, NULL))
		return;
	fd = run->parts.feed.fd(run->parts.feed.arg);
	event_assign(&run->input, run->parts.base, fd, EV_READ, on_input, run);
	event_add(&run->input, NULL);
}

/* The sinks were given something: flush them in a while. */
static void
flush_later(struct run *run)
{
	struct timeval tv = clock_timeval(SINKS_GATHER_US);

	if (run->sinks_dirty && !evtimer_pending(&run->flush, NULL))
		evtimer_add(&run->flush, &tv);
	run->sinks_dirty = false;
}

static void
on_inspected(void *run)
{
	run_wake(run);
}

/* --- the end --------------------------------------------------------- */

/* The message of what is cancelled, by enum run_stop. */
static const char *const why_cancelled[] = {
    [RUN_SIGNAL] = "interrupted",
    [RUN_DEADLINE] = "--deadline reached",
    [RUN_FAILURES] = "more failures than --max-failures allows",
    [RUN_FIRST] = "--first reached",
    [RUN_UNWRITABLE] = "the output cannot be written",
    [RUN_QUEUE_LOST] = "the queue is gone",
};

/* --fail-fast is --max-failures 0, and is what people write. */
static const char *
reason_of(const struct run *run, enum run_stop why)
{
	const struct stop_options *stop = &run->options->stop;

	if (why == RUN_FAILURES && !stop->max_failures &&
	    stop->max_failure_share < 0)
		return "--fail-fast";
	return why_cancelled[why];
}

void
run_stop(struct run *run, enum run_stop why)
{
	if (run->stop_wanted != RUN_WENT_THROUGH)
		return;
	run->stop_wanted = why;
	run->cancel_reason = reason_of(run, why);
	run_wake(run);
}

/* Go on with a job whose body a thread has inspected. Returns true if there was
 * one. */
static bool
finish_inspected_one(struct run *run)
{
	struct job *job = inspector_next(run->inspector);

	if (job)
		run_finish_inspected(run, job);
	return job != NULL;
}

/* Transfers that are done when the run ends count, except with --first, which
 * has enough successes without them. */
static void
reap_what_is_done(struct run *run)
{
	if (run->stop_wanted == RUN_FIRST)
		return;
	while (run_reap_one(run) || finish_inspected_one(run))
		continue;
}

/* Is a flight of `job` queued, or with the engine? */
static bool
is_under_way(const struct job *job)
{
	return sched_item_is_inside(&job->main.item) ||
	       (job->hedge && sched_item_is_inside(&job->hedge->item));
}

/* A job of which only the body's file is missing is left alone: it is done, and
 * stays so. */
static void
cancel_job(struct run *run, struct job *job)
{
	if (job->branch) {
		run_cancel_branch(run, job);
	} else if (inspector_cancel(run->inspector, job)) {
		failure_set(&job->result.failure, ERROR_CANCELLED, NULL, 0,
		    "%s", run->cancel_reason);
		run_finish_inspected(run, job);
	} else if (is_under_way(job)) {
		run_count_kept(run, job);
		run_fail(run, job, ERROR_CANCELLED, run->cancel_reason);
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

/* The writer has come as far as the fence: all is written. */
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

/* All jobs are emitted: write the end, and leave the loop after it. The loop
 * goes on until the writer has come this far, so that signals are still heard
 * while a slow reader takes the rest. A small run needs neither thread nor
 * fence. */
static void
finish(struct run *run)
{
	run->finished = true;
	order_finish(run->order);
	sinks_close(run->sinks);
	run->sinks = NULL;
	if (run->journal_writer)
		journal_writer_finish(run->journal_writer);
	run_ledger_fence(run);
	if (writer_finish(run->writer)) {
		event_base_loopbreak(run->parts.base);
		return;
	}
	run->fence =
	    (struct writer_task){.perform = pass_fence, .done = on_fence};
	writer_submit(run->writer, &run->fence);
}

/* --- the pump -------------------------------------------------------- */

/* Tell, once, which request the full order waits for. The spill file may just
 * lag, so the first in the order is to blame only if it takes long. */
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
	log_note("%s holds up the output: --order-buffer is full of later "
	         "results, so nothing else starts until it is done",
	    input);
	free(input);
}

/* What may start now. Pressure acts here alone, before a transfer is admitted:
 * one that is in flight waits for the writer at most (HACKING.md). A full
 * order still lets its head start, or nothing would ever leave it. */
static enum sched_scope
scope_now(struct run *run, int64_t now)
{
	if (writer_pending(run->writer) > WRITER_STDOUT_MAX ||
	    inspector_pending(run->inspector) > INSPECTED_MAX ||
	    writer_lacks_descriptor(run->writer) || !run_ledger_has_room(run))
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

/* One step of the pump, the most urgent first: what is over frees places and
 * memory, so it comes before what takes them. Returns false if there is nothing
 * to do. */
static bool
step(struct run *run, enum sched_scope scope, int64_t now)
{
	return run_reap_one(run) || finish_inspected_one(run) ||
	       run_handle_overdue(run, now) ||
	       run_make_request(run, scope, now) || run_start_one(run, now) ||
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

/* When the pump has something to do again, if no event wakes it before: a
 * moment, or -1. */
static int64_t
next_moment(struct run *run, int64_t now)
{
	int64_t at = sched_wake(run->sched, now);

	at = earlier(at, time_of_top(&run->retry_deadlines));
	at = earlier(at, time_of_top(&run->hedge_timers));
	return earlier(at, run_next_read_us(run, now));
}

/* Is everything read and emitted? */
static bool
is_settled(const struct run *run)
{
	return (run->input_ended || run->stopped) && list_empty(&run->jobs);
}

/* Did this turn of the pump make room, so that others may start? `scope` and
 * `head` are those of its beginning. Where nothing is in flight, no event would
 * wake the pump for that. */
static bool
may_start_more(struct run *run, enum sched_scope scope, const void *head)
{
	return order_head(run->order) != head ||
	       scope_now(run, clock_now_us()) != scope;
}

/*
 * Do what can be done now, within bounds, so that sockets are served; then see
 * to it that the loop calls again. Only events call it, so it is never entered
 * recursively: what is called from inside it wakes it (run_wake).
 */
static void
pump(struct run *run)
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
		fleet_drop_idle(run->fleet);
	else if (run_is_running_out(run))
		fleet_close_surplus(run->fleet);
	order_flush(run->order);
	if (run->journal_writer)
		journal_writer_flush(run->journal_writer);
	if (!run->sinks)
		run_ledger_fence(run);
	flush_later(run);
	watch_input(run);
	busy |= run->woken || may_start_more(run, scope, head);
	run->pumping = run->woken = false;
	/* The last bytes of a small run need no thread (writer/writer.h). */
	if (!is_settled(run))
		writer_start(run->writer);
	if (busy)
		wake_at(run, now, now);
	else if (is_settled(run))
		finish(run);
	else
		wake_at(run, next_moment(run, now), now);
}

/* --- events -------------------------------------------------------------- */

static void
on_pump(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	pump(arg);
}

static void
on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;

	(void)fd;
	(void)what;
	run->armed_us = -1;
	pump(run);
}

static void
on_writer(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;

	(void)fd;
	(void)what;
	writer_reap(run->writer);
	if (writer_error(run->writer, NULL))
		run_stop(run, RUN_UNWRITABLE);
	run_resume_bodies(run);
	run_wake(run);
}

/* The write end of a pipe turns "readable" when its reader is gone. Without
 * this `gather ... | head -1` would fetch on until it has something to write.
 */
static void
on_reader_gone(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;

	(void)fd;
	(void)what;
	if (writer_lost_reader(run->writer))
		run_stop(run, RUN_UNWRITABLE);
	else
		event_del(&run->reader_gone);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	run_stop(arg, RUN_DEADLINE);
}

static void
on_flush(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;

	(void)fd;
	(void)what;
	if (run->sinks)
		sinks_flush(run->sinks);
	run_ledger_fence(run);
}

/* Leave the loop although not all is written. */
static void
abandon(struct run *run)
{
	run->abandoned = true;
	event_base_loopbreak(run->parts.base);
}

/* After a signal an output that takes nothing must not keep us: somebody wants
 * the program to end. */
static void
on_stuck(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;
	uint64_t progress = writer_progress(run->writer);

	(void)fd;
	(void)what;
	if (progress == run->writer_progress_seen)
		abandon(run);
	run->writer_progress_seen = progress;
}

/* The first signal ends the run in an orderly way; a second one leaves behind
 * what is not written. */
static void
on_signal(evutil_socket_t number, short what, void *arg)
{
	struct run *run = arg;
	int64_t now = clock_now_us();

	(void)what;
	if (run->outcome.signal) {
		if (now - run->signal_us >= ONE_SIGNAL_US)
			abandon(run);
		return;
	}
	run->outcome.signal = (int)number;
	run->signal_us = now;
	run->writer_progress_seen = writer_progress(run->writer);
	event_add(&run->stuck, &two_seconds);
	run_stop(run, RUN_SIGNAL);
}

/* The writer has started its thread, which wakes us by `fd`. */
static void
watch_writer(void *arg, int fd)
{
	struct run *run = arg;

	event_assign(&run->writer_ready, run->parts.base, fd,
	    EV_READ | EV_PERSIST, on_writer, run);
	event_add(&run->writer_ready, NULL);
}

static void
watch_output(struct run *run)
{
	struct event_base *base = run->parts.base;
	int fd = writer_watch_fd(run->writer);

	event_assign(&run->writer_ready, base, -1, 0, on_writer, run);
	writer_on_start(run->writer, watch_writer, run);
	event_assign(&run->reader_gone, base, fd, EV_READ | EV_PERSIST,
	    on_reader_gone, run);
	if (fd >= 0)
		event_add(&run->reader_gone, NULL);
}

static void
watch_signals(struct run *run)
{
	for (size_t i = 0; i < EXIT_SIGNALS; i++) {
		evsignal_assign(&run->signals[i], run->parts.base,
		    exit_signals[i], on_signal, run);
		if (!exit_signal_is_ignored(exit_signals[i]))
			event_add(&run->signals[i], NULL);
	}
}

/* --deadline counts from the start of the process, part of which is over. */
static void
open_events(struct run *run)
{
	struct event_base *base = run->parts.base;
	int64_t left_us = exit_deadline_stop();
	struct timeval deadline =
	    clock_timeval(left_us ? left_us : run->options->stop.deadline_us);

	run->armed_us = -1;
	event_assign(&run->pump, base, -1, 0, on_pump, run);
	evtimer_assign(&run->wake, base, on_wake, run);
	event_assign(&run->input, base, -1, 0, on_input, run);
	evtimer_assign(&run->deadline, base, on_deadline, run);
	evtimer_assign(&run->flush, base, on_flush, run);
	event_assign(&run->stuck, base, -1, EV_PERSIST, on_stuck, run);
	if (run->options->stop.deadline_us > 0)
		evtimer_add(&run->deadline, &deadline);
	watch_output(run);
	watch_signals(run);
}

static void
close_events(struct run *run)
{
	event_del(&run->pump);
	event_del(&run->wake);
	event_del(&run->input);
	event_del(&run->deadline);
	event_del(&run->flush);
	event_del(&run->stuck);
	event_del(&run->writer_ready);
	writer_on_start(run->writer, NULL, NULL);
	event_del(&run->reader_gone);
	for (size_t i = 0; i < EXIT_SIGNALS; i++)
		event_del(&run->signals[i]);
}

/* --- a run is made, takes place, and is taken apart ------------------ */

static int
compile_expressions(struct run *run, char **cause)
{
	struct compiled *c = &run->compiled;

	if (compiled_open(c, run->options, &run->parts.feed.names, cause))
		return -1;
	if (c->extractor)
		run->empty_columns = columns_new(c->extractor);
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

static int
open_journal(struct run *run, char **cause)
{
	const struct journal_setup setup = {
	    .file = run->options->journal.file,
	    .use = JOURNAL_TO_KEEP,
	    .options = run->parts.shape,
	};

	if (!setup.file)
		return 0;
	run->journal = journal_open(&setup, cause);
	if (!run->journal)
		return -1;
	run->journal_writer =
	    journal_writer_new(run->journal, run->writer, run->parts.base);
	return 0;
}

/* The sinks come last of all: from here on nothing else can fail, so none of
 * their files is begun in vain. */
static int
open_sinks(struct run *run, char **cause)
{
	const struct sink_setup setup = {
	    .options = &run->options->output,
	    .writer = run->writer,
	    .start_wall_us = clock_wall_us(),
	    .journal = run->journal ? journal_id(run->journal) : NULL,
	};

	if (!sinks_wanted(setup.options))
		return 0;
	run->sinks = sinks_open(&setup, cause);
	return run->sinks ? 0 : -1;
}

static void *
new_tools(void *arg)
{
	struct run *run = arg;

	return inspector_tools_new(run->inspector);
}

static void
drop_look(void *arg, void *task)
{
	struct run *run = arg;

	inspector_drop_early(run->inspector, task);
}

static struct fleet *
new_fleet(struct run *run, char **cause)
{
	struct fleet_setup setup = {
	    .base = run->parts.base,
	    .options = &run->options->fetch,
	    .threads = run->options->threads,
	    .hooks = {.tools_new = new_tools,
	        .tools_free = inspector_tools_free,
	        .examine = inspector_look_early,
	        .drop_task = drop_look,
	        .unread = run_take_unread,
	        .arg = run},
	};

	run_hook_transfers(run, &setup.hooks);
	return fleet_new(&setup, cause);
}

/* Mistakes of the user are found first, then what the system refuses. */
static int
open_stages(struct run *run, char **cause)
{
	struct sched_options noticed = notices_on(&run->options->sched);

	if (run_check_names(run, cause) || compile_expressions(run, cause) ||
	    open_output(run, cause))
		return -1;
	run->fleet = new_fleet(run, cause);
	if (!run->fleet)
		return -1;
	run->failures = failures_new();
	run->sched = run->parts.sched ? run->parts.sched : sched_new(&noticed);
	return open_journal(run, cause) || open_sinks(run, cause) ? -1 : 0;
}

/* No body may go to a file that an option names. -o names files of bodies, so
 * those are left to be claimed by the requests. */
static void
claim_named_files(struct run *run)
{
	const struct output_files *files = run->parts.files;

	for (size_t i = 0; files && i < files->len; i++)
		if (strcmp(files->items[i].option, "-o") != 0)
			claims_take(&run->claims, files->items[i].path);
}

static struct inspector *
new_inspector(struct run *run)
{
	const struct inspector_setup setup = {
	    .compiled = &run->compiled,
	    .options = run->options,
	    .names = &run->parts.feed.names,
	    .base = run->parts.base,
	    .ready = on_inspected,
	    .arg = run,
	};

	return inspector_new(&setup);
}

struct run *
run_new(const struct run_parts *parts, char **cause)
{
	struct run *run = xcalloc(1, sizeof(*run));

	run->parts = *parts;
	run->options = parts->options;
	run->random = (uint64_t)clock_wall_us();
	list_init(&run->jobs);
	spares_init(&run->spare_jobs, sizeof(struct job));
	list_init(&run->branches);
	heap_init(&run->retry_deadlines);
	heap_init(&run->hedge_timers);
	claims_init(&run->claims);
	claim_named_files(run);
	if (run->options->unique)
		run->unique = unique_new();
	encoded_init(&run->encoded);
	run->inspector = new_inspector(run);
	run_ledger_open(run);
	if (open_stages(run, cause)) {
		run_free(run);
		return NULL;
	}
	open_events(run);
	return run;
}

static void
count_holds(void *arg, const struct sched_origin_view *origin)
{
	uint64_t *holds = arg;

	*holds += origin->holds;
}

/* Add to the totals what the stages know and no single result does. */
static void
count_stages(struct run *run)
{
	struct engine_counts counts = fleet_counts(run->fleet);
	struct totals *t = &run->outcome.totals;

	t->connections_opened = counts.connections_opened;
	t->connections_reused = counts.connections_reused;
	t->hedges = run->hedges.extra;
	sched_each_origin(run->sched, count_holds, &t->holds);
	run->outcome.lowered = run->lowered;
}

/* Everything is in the writer's hands: wait until it is written, or, where a
 * second signal or a blocked output ended the loop, leave the writer behind. */
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

/* An output whose reader is gone is no failure that needs words: it is how
 * `| head` ends a run (EPIPE). */
struct run_outcome
run_loop(struct run *run)
{
	run->start_us = clock_now_us();
	run->last_start.at_us = run->start_us;
	run->start_wall_us = clock_wall_us();
	run_wake(run);
	run_progress_open(run);
	event_base_dispatch(run->parts.base);
	run->outcome.totals.wall_us = clock_now_us() - run->start_us;
	count_stages(run);
	run_progress_close(run);
	/* The owner of a shared scheduler sees by itself where it is. */
	if (run->options->sched.parallel_auto && !run->parts.sched &&
	    totals_count(&run->outcome.totals) > run->options->sched.parallel)
		notices_settled(run->sched);
	run->outcome.left_behind = inspector_stuck(run->inspector) > 0;
	close_events(run);
	close_output(run);
	if (run->outcome.os_errno != EPIPE)
		failures_finish(run->failures);
	run_sum_up_parts(run);
	if (!run->outcome.os_errno && !run->outcome.signal && !run->parts.quiet)
		notices_unmatched(&run->compiled);
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

/* Free the output of a run that never took place; run_loop closes it otherwise.
 */
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
	run_ledger_free(run);
	fleet_free(run->fleet);
	drop_jobs(run);
	inspector_free(run->inspector);
	heap_release(&run->retry_deadlines);
	heap_release(&run->hedge_timers);
	if (!run->parts.sched)
		sched_free(run->sched);
	claims_release(&run->claims);
	unique_free(run->unique);
	failures_free(run->failures);
	columns_free(run->empty_columns);
	compiled_release(&run->compiled);
	encoded_release(&run->encoded);
	if (!run->abandoned) {
		run_progress_free(run);
		buf_release(&run->key);
		journal_writer_free(run->journal_writer);
		journal_free(run->journal);
	}
	spares_release(&run->spare_jobs);
	free(run->outcome.unwritable);
	free(run);
}
