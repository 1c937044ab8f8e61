/*
 * The rate of a count from samples in a ring, and the time that is left. Both
 * look at steps, which are the samples at which the count had grown.
 */
#include "config.h"

#include "stats/pace.h"

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

/* Returns the sample `n` before the last one. */
static const struct pace_sample *
sample_back(const struct pace *p, size_t n)
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

/* Returns the oldest sample in the window, or the one before the last. */
static const struct pace_sample *
begin_of_window(const struct pace *p)
{
	size_t kept = p->samples < PACE_KEPT ? p->samples : PACE_KEPT;
	size_t n = 1;

	while (n + 1 < kept &&
	       sample_back(p, 0)->at_us - sample_back(p, n + 1)->at_us <=
	           WINDOW_US)
		n++;
	return sample_back(p, n);
}

/* Returns the last sample whose count was higher than that before it; NULL:
 * there is none since `begin`. */
static const struct pace_sample *
last_step(const struct pace *p, const struct pace_sample *begin)
{
	for (size_t n = 0; sample_back(p, n) != begin; n++)
		if (sample_back(p, n)->count > sample_back(p, n + 1)->count)
			return sample_back(p, n);
	return NULL;
}

static double
smaller(double a, double b)
{
	return a < b ? a : b;
}

/*
 * Returns the rate from the beginning of the window to the last `step`. Up to
 * now it would fall between two steps that come slowly, and jump at the second.
 * Only when the next step is late does the rate fall: to what it would be if
 * that step came now.
 */
static double
rate_to(const struct pace *p, const struct pace_sample *step)
{
	const struct pace_sample *begin = begin_of_window(p);
	struct pace_sample next = *sample_back(p, 0);

	next.count++;
	return smaller(rate_between(begin, step), rate_between(begin, &next));
}

double
pace_rate(const struct pace *p)
{
	const struct pace_sample *step =
	    p->samples < 2 ? NULL : last_step(p, begin_of_window(p));

	return step ? rate_to(p, step) : 0;
}

/* Returns how much of the time that one step takes has passed since the last.
 */
static double
waited_us(const struct pace *p, const struct pace_sample *step, double rate)
{
	double since = (double)(sample_back(p, 0)->at_us - step->at_us);

	return smaller(since, CLOCK_SECOND / rate);
}

int64_t
pace_eta_us(const struct pace *p, uint64_t left)
{
	const struct pace_sample *step;
	double rate, us;

	if (p->samples < 2)
		return -1;
	step = last_step(p, begin_of_window(p));
	rate = step ? rate_to(p, step)
	            : rate_between(&p->first, sample_back(p, 0));
	if (rate <= 0)
		return -1;
	us = (double)left * CLOCK_SECOND / rate;
	if (step)
		us -= waited_us(p, step, rate);
	return us < 1e15 ? (int64_t)us : -1;
}
