/*
 * The work of a run is added up result by result; the floor is the longest of
 * three bounds on it, and what the run took beyond it is explained.
 */
#include "config.h"

#include "stats/floor.h"

static int64_t
smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void
load_add(struct load *l, const struct result *r)
{
	int64_t setup = r->timing.pretransfer_us;
	int64_t work;

	l->requests += r->attempts;
	if (r->flight_us <= 0)
		return;
	setup = setup < 0 ? 0 : smaller(setup, r->flight_us);
	work = r->flight_us - setup;
	l->work_us += work;
	l->setup_us += setup;
	if (work <= l->slowest_us)
		return;
	l->slowest_us = work;
	l->slowest_setup_us = setup;
}

/* Returns how long the rate makes the starts take: the first `count` are free,
 * and each period allows as many again. */
static int64_t
rate_floor(const struct load *l, const struct floor_limits *limits)
{
	uint64_t later = l->requests ? l->requests - 1 : 0;

	if (!limits->rate_count)
		return 0;
	if (limits->rate_even)
		return (int64_t)((double)later *
		                 (double)limits->rate_period_us /
		                 (double)limits->rate_count);
	return (int64_t)(later / limits->rate_count) * limits->rate_period_us;
}

/* Explain the time beyond the floor, in the order in which the causes are
 * certain: none explains more than is left. */
static void
add_losses(struct floor *f, int64_t wall_us, int64_t cpu_us)
{
	int64_t lost = wall_us > f->us ? wall_us - f->us : 0;

	f->connecting_us = smaller(f->connecting_us, lost);
	lost -= f->connecting_us;
	f->computing_us = smaller(cpu_us, lost);
	f->idle_us = lost - f->computing_us;
}

struct floor
floor_of(const struct load *l, const struct floor_limits *limits,
    int64_t wall_us, int64_t cpu_us)
{
	int64_t places = limits->parallel ? limits->parallel : 1;
	struct floor f = {
	    .bound = FLOOR_SLOWEST,
	    .us = l->slowest_us,
	    .connecting_us = l->slowest_setup_us,
	};

	if (l->work_us / places > f.us)
		f = (struct floor){
		    .bound = FLOOR_PLACES,
		    .us = l->work_us / places,
		    .connecting_us = l->setup_us / places,
		};
	if (rate_floor(l, limits) > f.us)
		f = (struct floor){
		    .bound = FLOOR_RATE, .us = rate_floor(l, limits)};
	add_losses(&f, wall_us, cpu_us);
	return f;
}

const char *
floor_bound_text(enum floor_bound bound)
{
	static const char *const texts[FLOOR_BOUNDS] = {
	    [FLOOR_SLOWEST] = "the slowest request",
	    [FLOOR_PLACES] = "all requests over -P slots",
	    [FLOOR_RATE] = "the rate limit",
	};

	return texts[bound];
}
