#include "config.h"

#include "job.h"

#include <stdlib.h>

#include "base/xalloc.h"

struct job *
job_new(struct run *run, struct request *request, int64_t now)
{
	struct job *job = xcalloc(1, sizeof(*job));

	list_init(&job->link);
	sched_item_init(&job->item);
	hop_init(&job->hop);
	result_init(&job->result);
	job->run = run;
	job->request = request;
	job->read_us = now;
	job->first_us = -1;
	return job;
}

void
job_free(struct job *job)
{
	list_remove(&job->link);
	hop_release(&job->hop);
	result_release(&job->result);
	if (job->save)
		save_abort(job->save);
	for (unsigned i = 0; i < job->past_len; i++)
		failure_clear(&job->past[i].failure);
	free(job->past);
	free(job);
}

void
job_add_hop(const struct job *job, struct result *r)
{
	r->num_connects += job->num_connects;
	r->redirect_us = job->redirect_us;
	r->flight_us = job->flight_us + r->timing.total_us;
}

void
job_next_hop(struct job *job, const struct result *r)
{
	job->num_connects = r->num_connects;
	job->redirect_us += r->timing.total_us;
	job->flight_us = r->flight_us;
}

static void
begin_again(struct job *job)
{
	hop_release(&job->hop);
	if (job->save)
		save_abort(job->save);
	job->save = NULL;
	job->num_connects = 0;
	job->redirect_us = 0;
	job->flight_us = 0;
}

void
job_next_attempt(struct job *job, struct result *r, int64_t run_start_us)
{
	struct past_attempt *past;

	job->past =
	    xreallocarray(job->past, job->past_len + 1, sizeof(*job->past));
	past = &job->past[job->past_len++];
	past->failure = r->failure;
	r->failure = (struct failure){0};
	past->start_us = job->attempt_us - run_start_us;
	past->total_us = r->flight_us;
	begin_again(job);
}

void
job_conclude(struct job *job, struct result *r)
{
	r->attempts = job->attempts;
	r->past = job->past;
	r->past_len = job->past_len;
	job->past = NULL;
	job->past_len = 0;
	job->result = *r;
}

/* Never nothing: zero would be no limit. */
static int64_t
left_of(int64_t max, int64_t used)
{
	return max > used ? max - used : 1;
}

void
job_limit_time(const struct job *job, struct attempt_spec *spec, int64_t now)
{
	int64_t max = job->request->options->max_time_us;
	int64_t left;

	if (max > 0) {
		spec->time_left_us = left_of(max, job->flight_us);
		spec->time_option = "-m";
	}
	if (!heap_holds(&job->limit))
		return;
	left = left_of(job->limit.at, now);
	if (max > 0 && left > spec->time_left_us)
		return;
	spec->time_left_us = left;
	spec->time_option = "--retry-max-time";
}
