#include "config.h"

#include "compare_report.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "timing/stats.h"

struct statuses {
	int *first; /* by number of the request; -1: not seen yet */
	size_t len;
	uint64_t differing;
	char *example; /* the first that differed */
};

struct statuses *
statuses_new(size_t requests)
{
	struct statuses *s = xcalloc(1, sizeof(*s));

	s->len = requests;
	s->first = xcalloc(requests, sizeof(*s->first));
	for (size_t i = 0; i < requests; i++)
		s->first[i] = -1;
	return s;
}

void
statuses_free(struct statuses *s)
{
	if (!s)
		return;
	free(s->first);
	free(s->example);
	free(s);
}

void
statuses_see(
    struct statuses *s, const struct request *request, const struct result *r)
{
	int *first;

	if (request->n < 1 || request->n > s->len)
		return;
	first = &s->first[request->n - 1];
	if (*first < 0)
		*first = r->status;
	if (*first == r->status)
		return;
	s->differing++;
	if (!s->example)
		s->example = xasprintf("%s answered %d, then %d",
		    request->input, *first, r->status);
}

void
arm_figures_add(struct arm_figures *f, const struct totals *t)
{
	f->wall_s = xreallocarray(f->wall_s, f->runs + 1, sizeof(double));
	f->wall_s[f->runs++] = (double)t->wall_us / CLOCK_SECOND;
	f->opened += t->connections_opened;
	f->reused += t->connections_reused;
	f->failed += t->failed;
}

static struct stats
stats_of_arm(const struct arm_figures *f)
{
	double *copy = xcalloc(f->runs, sizeof(*copy));
	struct stats s;

	memcpy(copy, f->wall_s, f->runs * sizeof(*copy));
	s = stats_of(copy, f->runs);
	free(copy);
	return s;
}

static void
add_row(
    const struct comparison *c, size_t i, double first_mean, struct buf *out)
{
	const struct arm_figures *f = &c->figures[i];
	struct stats s = stats_of_arm(f);

	buf_addf(out, "  %-10s %9.3f s ± %-7.3f %8.3f … %-8.3f",
	    c->arms->items[i].name, s.mean, s.stddev, s.min, s.max);
	buf_addf(out, " %7.2f", first_mean / s.mean);
	buf_addf(out, "  %9llu %7llu\n",
	    (unsigned long long)(f->opened / f->runs),
	    (unsigned long long)(f->reused / f->runs));
}

static int
verdict(const struct comparison *c)
{
	uint64_t failed = 0;

	for (size_t i = 0; i < c->arms->len; i++)
		failed += c->figures[i].failed;
	if (c->statuses->differing)
		log_error("the arms did not get the same answers, so their "
		          "times cannot be compared: %s",
		    c->statuses->example);
	else if (failed)
		log_note("requests failed, in all arms alike");
	return c->statuses->differing || failed;
}

int
compare_report(const struct comparison *c, struct buf *out)
{
	double first_mean = stats_of_arm(&c->figures[0]).mean;
	size_t runs = c->figures[0].runs;

	buf_addf(out, "%zu request%s, %zu run%s of each arm\n\n", c->requests,
	    c->requests == 1 ? "" : "s", runs, runs == 1 ? "" : "s");
	buf_addf(out, "  %-10s %11s   %-7s %8s   %-8s %7s  %9s %7s\n", "arm",
	    "mean", "σ", "min", "max", "× fast", "connected", "reused");
	for (size_t i = 0; i < c->arms->len; i++)
		add_row(c, i, first_mean, out);
	return verdict(c);
}
