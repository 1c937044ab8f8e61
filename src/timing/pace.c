#include "config.h"

#include "timing/pace.h"

#include "base/clock.h"

#define WINDOW_US (10 * CLOCK_SECOND)

void
pace_add(struct pace *p, int64_t at_us, uint64_t count)
{
	struct pace_sample sample = {.at_us = at_us, .count = count};

	if (!p->samples)
		p->first = sample;
	p->ring[p->samples++ % PACE_KEPT] = sample;
}

static const struct pace_sample *
back(const struct pace *p, size_t n)
{
	return &p->ring[(p->samples - 1 - n) % PACE_KEPT];
}

static double
rate_between(const struct pace_sample *a, const struct pace_sample *b)
{
	return b->at_us > a->at_us
	           ? (double)(b->count - a->count) * CLOCK_SECOND /
	                 (double)(b->at_us - a->at_us)
	           : 0;
}

/* The oldest sample in the window. */
static const struct pace_sample *
begin_of_window(const struct pace *p)
{
	size_t kept = p->samples < PACE_KEPT ? p->samples : PACE_KEPT;
	size_t n = 1;

	while (n + 1 < kept &&
	       back(p, 0)->at_us - back(p, n + 1)->at_us <= WINDOW_US)
		n++;
	return back(p, n);
}

double
pace_rate(const struct pace *p)
{
	if (p->samples < 2)
		return 0;
	return rate_between(begin_of_window(p), back(p, 0));
}

int64_t
pace_eta_us(const struct pace *p, uint64_t left)
{
	double rate = pace_rate(p);
	double us;

	if (p->samples < 2)
		return -1;
	if (rate <= 0)
		rate = rate_between(&p->first, back(p, 0));
	us = rate > 0 ? (double)left * CLOCK_SECOND / rate : -1;
	return us < 1e15 ? (int64_t)us : -1;
}
