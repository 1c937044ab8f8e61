#include "config.h"

#include "run/run_private.h"

#include "base/clock.h"
#include "base/xalloc.h"
#include "format/format.h"
#include "stats/account.h"

static void
stop_at_limits(struct run *run)
{
	const struct stop_options *stop = &run->options->stop;
	const struct totals *t = &run->outcome.totals;
	uint64_t count = t->ok + t->failed;

	if (stop->first && t->ok - t->parents >= stop->first)
		run_stop(run, RUN_FIRST);
	if (!stop->limits_failures)
		return;
	if (stop->max_failure_share < 0
	        ? t->failed > stop->max_failures
	        : count >= 100 && (double)t->failed >
	                              stop->max_failure_share * (double)count)
		run_stop(run, RUN_FAILURES);
}

/* The values that -j or --xpath found in the body; a file that was there
 * already was not looked into. */
static const struct columns *
columns_of(struct run *run, const struct job *job)
{
	const struct findings *found = job->found;

	if (!found || !(found->wish.look & LOOK_VALUES) ||
	    !result_ok(&job->result))
		return run->empty_columns;
	extractor_saw(run->compiled.extractor, found->columns);
	return found->columns;
}

/* Is the failure printed? Not where the output failed, as that says it all; nor
 * for requests that --first cancelled, as they have not failed. */
static bool
is_worth_printing(const struct run *run, const struct result *r)
{
	return !run->parts.quiet && (r->failure.class != ERROR_CANCELLED ||
	                                (run->outcome.stop != RUN_UNWRITABLE &&
	                                    run->outcome.stop != RUN_FIRST));
}

/* Requests that --first cancelled have a record, but no line and no -w. */
static bool
is_silent(const struct run *run, const struct result *r)
{
	const struct output_options *o = &run->options->output;
	enum format_id format =
	    o->format == FORMAT_AUTO ? format_default(o) : o->format;

	return run->stop_wanted == RUN_FIRST &&
	       r->failure.class == ERROR_CANCELLED &&
	       (format == FORMAT_BODY || format == FORMAT_NONE);
}

static void
measure(struct run *run, struct job *job)
{
	if (run->parts.observer.see)
		run->parts.observer.see(
		    run->parts.observer.arg, job->request, &job->result);
	totals_add(&run->outcome.totals, &job->result);
	if (run->parts.account)
		account_add(run->parts.account, &job->result);
}

/* A result of an earlier run is counted, but its times are not this run's. */
static void
account_for(struct run *run, struct job *job)
{
	struct totals *t = &run->outcome.totals;

	run->retrying -= job->retries || job->requeues;
	t->retries += job->retries;
	t->requeues += job->requeues;
	if (job->recalled)
		totals_add_recalled(t, &job->result, job->attempts);
	else
		measure(run, job);
	if (is_worth_printing(run, &job->result))
		failures_add(run->failures, job->request, &job->result);
}

/* With --only-new a result that the journal has is not put out. */
static bool
is_suppressed(const struct run *run, const struct job *job)
{
	return job->recalled && result_ok(&job->result) &&
	       run->options->journal.only_new;
}

static void
dump_headers(struct run *run, const struct job *job)
{
	const struct result *r = &job->result;
	const char *heads = r->heads ? r->heads : r->headers;

	if (run->header_dump && heads && !is_suppressed(run, job))
		header_dump_add(run->header_dump, heads);
}

/* Give `record` to the sinks, which write beside stdout. */
static void
sink(struct run *run, const struct record *record,
    void (*add)(struct sinks *, const struct record *))
{
	if (!run->sinks)
		return;
	add(run->sinks, record);
	run_flush_later(run);
}

/* What has no record on stdout still shows its exchanges in the sinks. */
static void
add_exchanges(struct run *run, struct job *job, const char *key)
{
	struct record record = {
	    .request = job->request,
	    .result = &job->result,
	    .key = key,
	    .recalled = job->recalled,
	};

	sink(run, &record, sinks_add_exchanges);
}

/* A body that is alone on stdout passes byte for byte. */
static bool
has_several_records(const struct run *run)
{
	return run->parts.feed.total != 1 || run->compiled.pager ||
	       run->compiled.fanout;
}

static void
put_out(struct run *run, struct job *job, const struct columns *columns)
{
	struct record record = {
	    .request = job->request,
	    .result = &job->result,
	    .columns = columns,
	    .several = has_several_records(run),
	    .key = run->sinks ? run_journal_key(run, job) : NULL,
	    .recalled = job->recalled,
	};

	if (!is_silent(run, &job->result))
		encoder_encode(run->compiled.encoder, &record, &run->encoded);
	encoded_send_asides(&run->encoded, run->writer);
	sink(run, &record, sinks_add);
}

void
run_drop_job(struct run *run, struct job *job)
{
	looker_drop_findings(run->looker, job);
	if (job->follows)
		request_free(job->request);
	else
		run->parts.feed.give_back(run->parts.feed.arg, job->request);
	job_free(job);
}

/* The encoded bytes stay in the slot of the order, and the job is gone. */
static void
leave(struct run *run, struct job *job)
{
	order_done(run->order, job->slot, &run->encoded);
	heap_remove(&run->retry_deadlines, &job->retry_deadline);
	heap_remove(&run->hedge_timers, &job->hedge_timer);
	run_drop_job(run, job);
	stop_at_limits(run);
}

static void
emit_record(struct run *run, struct job *job)
{
	const struct columns *columns = columns_of(run, job);

	run_journal_note(run, job);
	account_for(run, job);
	dump_headers(run, job);
	encoded_clear(&run->encoded);
	if (is_suppressed(run, job))
		add_exchanges(run, job, NULL);
	else
		put_out(run, job, columns);
}

/* A parent all of whose matches have become requests has no record. */
static void
emit_parent(struct run *run, struct job *job)
{
	account_for(run, job);
	run->outcome.totals.parents++;
	dump_headers(run, job);
	encoded_clear(&run->encoded);
	add_exchanges(run, job, run_journal_key(run, job));
}

void
run_emit(struct run *run, struct job *job)
{
	if (job->branch && result_ok(&job->result))
		emit_parent(run, job);
	else
		emit_record(run, job);
	leave(run, job);
}

/* --- the file of a body  */

/* A file for the body of `job`. */
static struct save *
new_save(struct run *run, struct job *job)
{
	return save_new(run->writer, &run->options->output,
	    job->request->output, job->request->output_own);
}

void
run_save_begin(struct run *run, struct flight *f)
{
	const struct buf *heads = attempt_heads(f->attempt);
	struct buf text;

	f->save = new_save(run, f->job);
	if (!format_shows_heads(&run->options->output, f->job->request))
		return;
	buf_init(&text);
	buf_add(&text, f->heads.data, f->heads.len);
	buf_add(&text, heads->data, heads->len);
	save_write(f->save, &text);
	buf_release(&text);
}

static void
on_saved(void *arg, const struct saved *saved)
{
	struct job *job = arg;

	if (saved->lacked)
		run_lower_parallel(job->run, &job->main, saved->lacked);
	if (saved->cause)
		failure_set(&job->result.failure, ERROR_OUTPUT, NULL, 0, "%s",
		    saved->cause);
	else
		job->result.file = xstrdup(saved->file);
	run_emit(job->run, job);
}

static struct save *
begin_save(struct run *run, struct job *job)
{
	struct save *save = new_save(run, job);
	struct buf heads;

	if (!format_shows_heads(&run->options->output, job->request))
		return save;
	buf_init(&heads);
	format_add_heads(&heads, &job->result);
	save_write(save, &heads);
	buf_release(&heads);
	return save;
}

/* The body to its file; the job goes on when it is there. */
static void
save_body(struct run *run, struct job *job)
{
	struct save *save = job->save ? job->save : begin_save(run, job);
	struct body *body = &job->result.body;
	struct buf copy;

	if (body->fd >= 0) {
		save_write_file(save, body->fd, body->size);
	} else if (run_reads_bodies(run, job)) {
		buf_init(&copy);
		buf_add(&copy, body->mem.data, body->mem.len);
		save_write(save, &copy);
		buf_release(&copy);
	} else {
		save_write(save, &body->mem);
	}
	job->save = NULL;
	save_commit(save, on_saved, job);
}

static bool
is_to_be_saved(const struct run *run, const struct job *job)
{
	const struct result *r = &job->result;

	if (!job->request->output || r->file)
		return false;
	return result_ok(r) || (run->options->output.fail_with_body &&
	                           r->failure.class == ERROR_HTTP);
}

/* --- from a final result to its emission ----------------------------- */

void
run_finish_job(struct run *run, struct job *job)
{
	struct result *r = &job->result;

	r->wire = job->attempts ? flight_wire(&job->main, r->wire)
	                        : job->request->was;
	run_withdraw(run, &job->main);
	if (job->hedge)
		run_withdraw(run, job->hedge);
	r->exchanges = job->exchanges;
	exchanges_init(&job->exchanges);
	r->done_us = clock_now_us() - run->start_us;
	if (job->first_us >= 0) {
		r->start_us = job->first_us - run->start_us;
		r->start_wall_us = run->start_wall_us + r->start_us;
		r->queue_us = job->first_us - job->read_us;
	}
	run_journal_renew(run, job);
	if (!looker_look(run->looker, job, run_wish(run, job)))
		run_finish_looked(run, job);
}

void
run_finish_looked(struct run *run, struct job *job)
{
	if (run_follow(run, job))
		return;
	if (is_to_be_saved(run, job)) {
		save_body(run, job);
		return;
	}
	run_emit(run, job);
}
