#include "config.h"

#include "run/run_private.h"

#include "base/clock.h"

static const char *const why_cancelled[] = {
    [RUN_WENT_THROUGH] = "",
    [RUN_SIGNAL] = "a signal ended the run",
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

void
run_pull_out(struct run *run, struct flight *f)
{
	static const struct sched_report aborted = {
	    .outcome = SCHED_ABORTED, .latency_us = -1};
	int64_t now = clock_now_us();

	if (f->attempt) {
		engine_cancel(run->engine, f->attempt);
		run_keep_cancelled(run, f);
	}
	f->attempt = NULL;
	if (sched_item_is_flying(&f->item))
		sched_release(run->sched, &f->item, &aborted, now);
	else
		sched_remove(run->sched, &f->item, now);
}

/* Enough successes: the others are losers, even those that are done. */
static void
reap_what_is_done(struct run *run)
{
	struct result r;
	void *owner;

	if (run->stop_wanted == RUN_FIRST)
		return;
	while (engine_reap(run->engine, &owner, &r))
		run_land(run, owner, &r);
	while (run_looked_one(run))
		continue;
}

static bool
is_under_way(const struct job *job)
{
	return sched_item_is_inside(&job->main.item) ||
	       (job->hedge && sched_item_is_inside(&job->hedge->item));
}

void
run_cancel_all(struct run *run)
{
	run->stopped = true;
	run->outcome.stop = run->stop_wanted;
	if (run->input_waits)
		event_del(&run->input);
	reap_what_is_done(run);
	LIST_FOREACH_SAFE (l, next, &run->jobs) {
		struct job *job = container_of(l, struct job, link);

		if (job->branch) {
			run_cut_branch(run, job);
			continue;
		}
		if (run_look_away(run, job)) {
			failure_set(&job->result.failure, ERROR_CANCELLED, NULL,
			    0, "%s", run_why_cancelled(run));
			run_go_on(run, job);
			continue;
		}
		/* What only waits for its file is done, and stays so. */
		if (is_under_way(job))
			run_fail(
			    run, job, ERROR_CANCELLED, run_why_cancelled(run));
	}
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

/* The loop goes on until the writer has come this far, so that signals are
 * still heard while a slow reader takes the rest. */
void
run_finish(struct run *run)
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
