#include "config.h"

#include "compare/trial.h"

#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"

/* What the results of a trial go to. */
struct ledger {
	struct answers *answers;
	struct load load;
};

/* The options of one arm: the same but for what makes the arm. */
static void
arm_options(const struct options *all, const struct arm *arm, struct options *o)
{
	*o = *all;
	o->sched.parallel = arm->parallel;
	o->sched.parallel_auto = false;
	o->fetch.parallel = arm->parallel;
	o->fetch.fresh_connections = arm->kind == ARM_SYNC;
	o->output = (struct output_options){.format = FORMAT_NONE};
	if (!options_given(all, "retry"))
		o->retry.retries = 0;
}

static void
see_result(void *arg, const struct request *request, struct result *r)
{
	struct ledger *ledger = arg;

	load_add(&ledger->load, r);
	answers_see(ledger->answers, request, r);
}

static void
add_holds(void *arg, const struct sched_origin_view *origin)
{
	uint64_t *holds = arg;

	*holds += origin->holds;
}

static uint64_t
count_holds(const struct sched *sched)
{
	uint64_t holds = 0;

	sched_each_origin(sched, add_holds, &holds);
	return holds;
}

static double
seconds_between(const struct timeval *from, const struct timeval *to)
{
	return (double)(to->tv_sec - from->tv_sec) +
	       (double)(to->tv_usec - from->tv_usec) / CLOCK_SECOND;
}

static struct floor_limits
limits_of(const struct options *o)
{
	return (struct floor_limits){
	    .parallel = o->sched.parallel,
	    .rate_count = o->sched.rate.count,
	    .rate_period_us = o->sched.rate.period_us,
	    .rate_even = o->sched.rate.even,
	};
}

static struct run_figures
figures_of(const struct totals *t, const struct rusage *before,
    const struct rusage *after)
{
	return (struct run_figures){
	    .wall_s = (double)t->wall_us / CLOCK_SECOND,
	    .user_s = seconds_between(&before->ru_utime, &after->ru_utime),
	    .system_s = seconds_between(&before->ru_stime, &after->ru_stime),
	    .opened = t->connections_opened,
	    .reused = t->connections_reused,
	    .failed = t->failed,
	};
}

static void
perform(struct run *run, const struct options *o, const struct ledger *ledger,
    struct trial *out)
{
	struct floor_limits limits = limits_of(o);
	struct rusage before, after;
	struct run_outcome outcome;
	double cpu_s;

	getrusage(RUSAGE_SELF, &before);
	outcome = run_loop(run);
	getrusage(RUSAGE_SELF, &after);
	out->stop = outcome.stop;
	out->signal = outcome.signal;
	out->os_errno = outcome.os_errno;
	out->figures = figures_of(&outcome.totals, &before, &after);
	cpu_s = out->figures.user_s + out->figures.system_s;
	out->figures.floor = floor_of(&ledger->load, &limits,
	    outcome.totals.wall_us, (int64_t)(cpu_s * CLOCK_SECOND));
}

int
trial_run(const struct trial_parts *parts, const struct arm *arm,
    int64_t deadline_us, struct trial *out, char **cause)
{
	struct ledger ledger = {.answers = parts->answers};
	struct options o;
	struct run_parts run_parts = {
	    .options = &o,
	    .fetch = &o.fetch,
	    .feed = replay_feed(parts->list),
	    .base = parts->base,
	    .sched = parts->sched,
	    .out_fd = STDOUT_FILENO,
	    .observer = {see_result, &ledger},
	    .label = arm->name,
	    .quiet = parts->quiet,
	};
	uint64_t holds = count_holds(parts->sched);
	struct run *run;

	arm_options(parts->options, arm, &o);
	o.stop.deadline_us = deadline_us;
	sched_reuse(parts->sched, &o.sched);
	run = run_new(&run_parts, cause);
	if (!run)
		return -1;
	*out = (struct trial){0};
	perform(run, &o, &ledger, out);
	run_free(run);
	out->held = count_holds(parts->sched) > holds;
	return 0;
}
