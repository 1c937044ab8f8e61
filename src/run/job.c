/*
 * First flights, hop by hop and attempt by attempt, then jobs and their
 * branches.
 */
#include "config.h"

#include "run/job.h"

#include <stdlib.h>

#include "base/xalloc.h"

void
flight_init(struct flight *f, struct job *job)
{
	*f = (struct flight){.job = job, .anew = true};
	sched_item_init(&f->item);
	hop_init(&f->hop);
	hop_start(&f->hop, job->request);
}

static void
release_flight(struct flight *f)
{
	hop_release(&f->hop);
	if (f->save)
		save_abort(f->save);
	f->save = NULL;
	resume_release(&f->resume);
	buf_release(&f->heads);
}

/* Forget what the attempt has gathered so far, but stay at its present hop. A
 * file that keeps what it has is gone on with. */
static void
begin_anew(struct flight *f)
{
	if (f->save && !save_keeps(f->save)) {
		save_abort(f->save);
		f->save = NULL;
	}
	f->anew = true;
	f->num_connects = 0;
	f->size_header = 0;
	f->size_request = 0;
	f->redirect_us = 0;
	f->flight_us = 0;
}

void
flight_reset(struct flight *f)
{
	hop_start(&f->hop, f->job->request);
	f->behind = false;
	f->resumes = false;
	begin_anew(f);
}

void
flight_try_again(struct flight *f)
{
	if (f->resumes)
		begin_anew(f);
	else
		flight_reset(f);
}

enum wire_state
flight_wire(const struct flight *f, enum wire_state last)
{
	return f->behind ? WIRE_ANSWERED : last;
}

const char *
flight_origin(const struct flight *f)
{
	return hop_origin(&f->hop, f->job->request);
}

static void
add_heads(const struct flight *f, struct result *r)
{
	char *heads;

	if (!f->heads.len)
		return;
	heads = xasprintf("%s%s", f->heads.data, r->heads ? r->heads : "");
	free(r->heads);
	r->heads = heads;
}

void
flight_add_hop(const struct flight *f, struct result *r)
{
	add_heads(f, r);
	r->num_connects += f->num_connects;
	r->size_header += f->size_header;
	r->size_request += f->size_request;
	r->redirect_us = f->redirect_us;
	r->flight_us = f->flight_us + r->timing.total_us;
}

void
flight_next_hop(struct flight *f, const struct result *r)
{
	f->num_connects = r->num_connects;
	f->size_header = r->size_header;
	f->size_request = r->size_request;
	f->redirect_us += r->timing.total_us;
	f->flight_us = r->flight_us;
	buf_clear(&f->heads);
	if (r->heads)
		buf_adds(&f->heads, r->heads);
}

/* A flight that is told when to go again waits for its own back-off, if it is a
 * retry, and else for the hold of its origin: the scheduler only counts what
 * comes after that. */
void
flight_queue(struct flight *f, enum sched_rank rank, int64_t at, int64_t now)
{
	int64_t told = at > now ? at - now : 0;

	f->waits = (struct exchange_waits){0};
	f->queued_us = now;
	if (rank == SCHED_RETRY) {
		f->waits.backoff_us = told;
		f->queued_us += told;
	} else {
		f->waits.hold_us = told;
	}
}

void
flight_take_waits(struct flight *f)
{
	const int64_t *us = f->item.waits.us;

	f->waits.place_us += us[WAIT_PLACE];
	f->waits.host_us += us[WAIT_HOST];
	f->waits.rate_us += us[WAIT_RATE];
	f->waits.hold_us += us[WAIT_HOLD];
}

/* What is left of `max` when `used` of it is gone; at least 1, since a limit of
 * 0 would mean that there is none. */
static int64_t
left_of(int64_t max, int64_t used)
{
	return max > used ? max - used : 1;
}

void
flight_limit_time(
    const struct flight *f, struct attempt_spec *spec, int64_t now)
{
	int64_t max = f->job->request->options->max_time_us;
	int64_t left;

	if (max > 0) {
		spec->time_left_us = left_of(max, f->flight_us);
		spec->time_option = "-m";
	}
	if (!heap_holds(&f->job->retry_deadline))
		return;
	left = left_of(f->job->retry_deadline.at, now);
	if (max > 0 && left > spec->time_left_us)
		return;
	spec->time_left_us = left;
	spec->time_option = "--retry-max-time";
}

struct job *
job_new(struct run *run, struct spares *spares, struct request *request,
    int64_t now)
{
	struct job *job = spares_take(spares);

	list_init(&job->link);
	job->run = run;
	job->spares = spares;
	job->request = request;
	list_init(&job->begun.link);
	list_init(&job->inspect_link);
	flight_init(&job->main, job);
	result_init(&job->result);
	exchanges_init(&job->exchanges);
	job->read_us = now;
	job->first_us = -1;
	return job;
}

struct branch *
branch_new(struct job *job, struct matches *matches)
{
	struct branch *b = xcalloc(1, sizeof(*b));

	list_init(&b->link);
	b->job = job;
	b->matches = *matches;
	*matches = (struct matches){0};
	return b;
}

static void
branch_free(struct branch *b)
{
	if (!b)
		return;
	list_remove(&b->link);
	matches_release(&b->matches);
	free(b->base);
	page_range_release(&b->range);
	free(b);
}

void
job_free(struct job *job)
{
	list_remove(&job->link);
	list_remove(&job->begun.link);
	list_remove(&job->inspect_link);
	branch_free(job->branch);
	release_flight(&job->main);
	if (job->hedge)
		release_flight(job->hedge);
	free(job->hedge);
	if (job->save)
		save_abort(job->save);
	result_release(&job->result);
	for (unsigned i = 0; i < job->past_len; i++)
		failure_clear(&job->past[i].failure);
	free(job->past);
	exchanges_release(&job->exchanges);
	family_unref(job->family);
	spares_give(job->spares, job);
}

bool
job_was_repeated(const struct job *job)
{
	return job->retries || job->polls || job->requeues;
}

void
job_remember(
    struct job *job, const struct flight *f, struct result *r, int64_t run_us)
{
	struct past_attempt *past;

	job->past =
	    xreallocarray(job->past, job->past_len + 1, sizeof(*job->past));
	past = &job->past[job->past_len++];
	if (result_ok(r))
		failure_set(&r->failure, ERROR_HTTP, "polled", r->status,
		    "HTTP status %d, retried as --retry-on says", r->status);
	past->failure = failure_take(&r->failure);
	past->start_us = f->admitted_us - run_us;
	past->total_us = r->flight_us;
}

void
job_conclude(struct job *job, struct flight *f, struct result *r)
{
	r->attempts = job->attempts;
	r->past = job->past;
	r->past_len = job->past_len;
	job->past = NULL;
	job->past_len = 0;
	job->result = *r;
	if (!f)
		return;
	if (f != &job->main && job->main.save) {
		save_drop(job->main.save);
		job->main.save = NULL;
	}
	job->save = f->save;
	f->save = NULL;
	if (job->exchanges.len)
		job->exchanges.items[job->exchanges.len - 1].final = true;
}
