/*
 * What the options of a run come to on this machine and on the way to a server.
 */
#include "config.h"

#include "run/options.h"

#include "base/clock.h"
#include "process/environment.h"
#include "process/log.h"

/* Most that a period is made longer: a delay on the way does not grow with the
 * period. */
static const int64_t margin_max_us = 25 * CLOCK_MS;

/* Lanes are made for what may be in flight at most; with -P auto that is more
 * than the number that the run begins with. */
static void
limit_parallel(struct run_options *o)
{
	unsigned most = environment_max_parallel();
	unsigned automatic = most < SCHED_AUTO_MAX ? most : SCHED_AUTO_MAX;

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

/* A thread is worth its memory from so many transfers on. */
enum {
	FLIGHTS_OF_THREAD = 64
};

static unsigned
at_most(unsigned n, unsigned most)
{
	return n < most ? n : most;
}

/* None without a transfer; or as many as cores, but none that would have little
 * to do. */
static void
choose_threads(struct run_options *o)
{
	unsigned parallel = o->fetch.parallel;

	if (o->threads == THREADS_AUTO)
		o->threads =
		    at_most(environment_cores(), parallel / FLIGHTS_OF_THREAD);
	o->threads = at_most(o->threads, parallel);
	if (!o->threads)
		o->threads = 1;
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
run_options_prepare(struct run_options *o)
{
	limit_parallel(o);
	choose_threads(o);
	add_rate_margin(&o->sched.rate);
	add_rate_margin(&o->sched.host_rate);
}
