#include "config.h"

#include "run/prepare.h"

#include "base/clock.h"
#include "base/environment.h"
#include "base/log.h"

enum {
	AUTO_MAX = 1024 /* in flight with -P auto */
};

static const int64_t margin_max_us = 25 * CLOCK_MS;

/* Lanes are made for what may be in flight; with -P auto that is more than
 * what it begins with. */
static void
limit_parallel(struct options *o)
{
	unsigned most = environment_max_parallel();
	unsigned automatic = most < AUTO_MAX ? most : AUTO_MAX;

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

static void
widen(struct rate_limit *rate)
{
	int64_t margin = rate->period_us / 200;

	rate->period_us += margin < margin_max_us ? margin : margin_max_us;
}

void
prepare_options(struct options *o)
{
	limit_parallel(o);
	widen(&o->sched.rate);
	widen(&o->sched.host_rate);
}
