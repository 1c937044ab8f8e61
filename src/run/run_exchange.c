#include "config.h"

#include "run/run_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"

/* A redirect may have changed the method. */
static void
set_method(struct exchange *x, const struct flight *f)
{
	const char *method = hop_method(&f->hop, f->job->request);

	if (strcmp(method, x->method) == 0)
		return;
	free(x->method);
	x->method = xstrdup(method);
}

static struct exchange *
keep(struct run *run, struct flight *f, const struct result *r)
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

void
run_keep_exchange(struct run *run, struct flight *f, const struct result *r)
{
	if (run->options->keep_exchanges)
		keep(run, f, r);
}

void
run_keep_body(struct run *run, struct job *job, struct result *r)
{
	const struct output_options *o = &run->options->output;

	if (o->har && o->with_body && r->status)
		exchanges_keep_body(&job->exchanges, &r->body);
}

/* Nobody knows how far it had come. */
void
run_keep_cancelled(struct run *run, struct flight *f)
{
	struct result r;

	if (!run->options->keep_exchanges)
		return;
	result_init(&r);
	r.url_effective = xstrdup(hop_url(&f->hop, f->job->request));
	r.timing.total_us = clock_now_us() - f->item.started_us;
	failure_set(&r.failure, ERROR_CANCELLED, NULL, 0, "cancelled");
	keep(run, f, &r)->cancelled = true;
	result_release(&r);
}
