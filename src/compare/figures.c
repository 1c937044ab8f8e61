#include "config.h"

#include "compare/figures.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/xalloc.h"

void
arm_figures_add(struct arm_figures *f, const struct run_figures *run)
{
	f->runs = xreallocarray(f->runs, f->len + 1, sizeof(*f->runs));
	f->runs[f->len++] = *run;
}

void
arm_figures_release(struct arm_figures *f)
{
	free(f->runs);
	*f = (struct arm_figures){0};
}

double *
arm_figures_list(const struct arm_figures *f)
{
	double *values = xcalloc(f->len, sizeof(*values));

	for (size_t i = 0; i < f->len; i++)
		values[i] = f->runs[i].wall_s;
	return values;
}

struct stats
arm_figures_wall(const struct arm_figures *f)
{
	double *values = arm_figures_list(f);
	struct stats s = stats_of(values, f->len);

	free(values);
	return s;
}

double
arm_figures_user(const struct arm_figures *f)
{
	double sum = 0;

	for (size_t i = 0; i < f->len; i++)
		sum += f->runs[i].user_s;
	return sum / (double)f->len;
}

double
arm_figures_system(const struct arm_figures *f)
{
	double sum = 0;

	for (size_t i = 0; i < f->len; i++)
		sum += f->runs[i].system_s;
	return sum / (double)f->len;
}

const struct run_figures *
arm_figures_typical(const struct arm_figures *f)
{
	double median = arm_figures_wall(f).median;
	const struct run_figures *best = NULL;

	for (size_t i = 0; i < f->len; i++) {
		const struct run_figures *run = &f->runs[i];

		if (run->wall_s >= median &&
		    (!best || run->wall_s < best->wall_s))
			best = run;
	}
	return best ? best : f->runs;
}

size_t
comparison_fastest(const struct comparison *c)
{
	size_t best = 0;
	double least = arm_figures_wall(&c->figures[0]).median;

	for (size_t i = 1; i < c->arms->len; i++) {
		double median = arm_figures_wall(&c->figures[i]).median;

		if (median >= least)
			continue;
		least = median;
		best = i;
	}
	return best;
}

struct interval
comparison_ratio(const struct comparison *c, size_t a, size_t b)
{
	double *first = arm_figures_list(&c->figures[a]);
	double *second = arm_figures_list(&c->figures[b]);
	struct interval interval =
	    bootstrap_ratio(first, second, c->figures[a].len, c->seed);

	free(first);
	free(second);
	return interval;
}

char *
comparison_refusal(const struct comparison *c, enum bodies_rule bodies)
{
	const char *example;
	uint64_t count = answers_differing(c->answers, &example);
	const char *what = "statuses";

	if (!count && bodies == BODIES_ARE_SAME) {
		count = answers_other_bodies(c->answers, &example);
		what = "bodies";
	}
	if (!count)
		return NULL;
	return xasprintf("the arms did not get the same %s (%" PRIu64 " of %zu "
	                 "requests), so their times cannot be compared: %s",
	    what, count, c->requests, example);
}
