#include "config.h"

#include "run/run_private.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* A second copy must do no harm. */
static bool
may_be_hedged(const struct job *job)
{
	return resend_allows(
	    request_resend_method(job->request), WIRE_UNKNOWN, RESEND_COPY);
}

/* How long a request may take before its copy starts; -1: for ever. */
static int64_t
patience_us(struct run *run)
{
	const struct hedge_options *o = &run->options->hedge;

	if (o->percentile > 0)
		return latencies_percentile(&run->latencies, o->percentile);
	return o->after_us > 0 ? o->after_us : -1;
}

void
run_hedge_wait(struct run *run, struct job *job, int64_t now)
{
	int64_t us = patience_us(run);

	run->hedges.asked++;
	if (us < 0 || heap_holds(&job->patience) || job->hedge ||
	    !may_be_hedged(job))
		return;
	heap_push(&run->patience, &job->patience, now + us);
}

void
run_hedge_learn(struct run *run, const struct result *r)
{
	if (result_ok(r) && r->flight_us > 0)
		latencies_add(&run->latencies, r->flight_us);
}

bool
run_hedge_one(struct run *run, int64_t now)
{
	struct heap_node *top = heap_top(&run->patience);
	struct job *job;

	if (!top || top->at > now)
		return false;
	heap_pop(&run->patience);
	job = container_of(top, struct job, patience);
	if (!job->main.attempt || job->hedge || run->stopped ||
	    !budget_allows(&run->hedges, &run->options->hedge.budget))
		return true;
	run->hedges.extra++;
	job->hedge = xcalloc(1, sizeof(*job->hedge));
	flight_init(job->hedge, job);
	run_again(run, job->hedge, SCHED_AGAIN, 0);
	return true;
}

static struct flight *
other_of(struct flight *f)
{
	return f == &f->job->main ? f->job->hedge : &f->job->main;
}

static void
drop_hedge(struct run *run, struct job *job)
{
	if (!job->hedge)
		return;
	run_pull_out(run, job->hedge);
	flight_reset(job->hedge);
	free(job->hedge);
	job->hedge = NULL;
}

bool
run_hedge_has_other(struct flight *f)
{
	struct flight *other = other_of(f);

	return other && other->attempt_number &&
	       sched_item_is_inside(&other->item);
}

bool
run_hedge_goes_on(struct run *run, struct flight *failed)
{
	struct job *job = failed->job;
	bool alive = run_hedge_has_other(failed);

	if (failed == &job->main && alive)
		flight_reset(failed);
	if (failed != &job->main || !alive)
		drop_hedge(run, job);
	return alive;
}
