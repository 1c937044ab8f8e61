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
	FLIGHTS_OF_THREAD = 64,
	DESCRIPTORS_OF_THREAD = 10 /* of its loop, and some of lookups */
};

static unsigned
at_most(unsigned n, unsigned most)
{
	return n < most ? n : most;
}

/* As many as cores, but none that would have little to do. */
static unsigned
automatic_threads(const struct run_options *o)
{
	unsigned n =
	    at_most(environment_cores(), o->fetch.parallel / FLIGHTS_OF_THREAD);

	return n ? n : 1;
}

/* The loops of threads take descriptors that transfers need. */
static unsigned
most_threads(const struct run_options *o)
{
	unsigned room = environment_max_sockets();
	unsigned parallel = o->fetch.parallel;
	unsigned n =
	    room > parallel ? (room - parallel) / DESCRIPTORS_OF_THREAD : 0;

	return n ? n : 1;
}

/* There is no thread without a transfer. */
static void
choose_threads(struct run_options *o)
{
	unsigned wanted = o->threads;
	unsigned most = most_threads(o);

	if (wanted == THREADS_AUTO)
		wanted = automatic_threads(o);
	wanted = at_most(wanted, o->fetch.parallel);
	o->threads = at_most(wanted, most);
	if (wanted > most)
		log_note("--threads %u needs more descriptors than the limit "
		         "allows (ulimit -n): using --threads %u",
		    wanted, most);
	if (o->threads == 1 || !fetch_options_keep_cookies(&o->fetch))
		return;
	log_note("--threads %u: using one thread, as all requests share the "
	         "cookies of -b FILE and -c",
	    o->threads);
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
