#include "config.h"

#include "compare/compare_report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "stats/outliers.h"
#include "stats/show.h"

static const double short_s = 0.005;

/* A time in words; caller frees. */
static char *
in_words(double seconds)
{
	struct buf out;

	buf_init(&out);
	add_duration(&out, (int64_t)(seconds * CLOCK_SECOND));
	return buf_take(&out);
}

static void
warn_of_first(const struct comparison *c, size_t i, double median)
{
	char *first = in_words(c->figures[i].runs[0].wall_s);
	char *usual = in_words(median);

	log_note("%s: the first run took %s, the others about %s: something "
	         "was cold; --warmup %u leaves that out",
	    c->arms->items[i].name, first, usual, c->warmup + 1);
	free(first);
	free(usual);
}

static void
warn_of_others(
    const struct comparison *c, size_t i, const struct outliers *found)
{
	char *worst = in_words(found->worst);
	char *usual = in_words(found->median);

	log_note("%s: %zu of %zu runs stand out (%s, usually %s): the server "
	         "or this machine had other work; repeat it when they are "
	         "quiet, or with more --runs",
	    c->arms->items[i].name, found->count, c->figures[i].len, worst,
	    usual);
	free(worst);
	free(usual);
}

static void
warn_of_short(const struct comparison *c, size_t i, double median)
{
	char *usual = in_words(median);

	log_note("%s: a run takes only %s, so chance weighs much; make it "
	         "longer with --repeat",
	    c->arms->items[i].name, usual);
	free(usual);
}

static void
warn_of_arm(const struct comparison *c, size_t i)
{
	const struct arm_figures *f = &c->figures[i];
	double *walls = arm_figures_list(f);
	struct outliers found = outliers_of(walls, f->len);

	if (found.first)
		warn_of_first(c, i, found.median);
	else if (found.count)
		warn_of_others(c, i, &found);
	if (found.median < short_s)
		warn_of_short(c, i, found.median);
	free(walls);
}

static void
warn_of_failures(const struct comparison *c, uint64_t failed)
{
	if (failed)
		log_note("%" PRIu64
		         " of %zu requests failed, in all arms alike: "
		         "these are the times of failures",
		    failed, c->requests);
}

static void
warn_of_bodies(const struct comparison *c)
{
	const char *example;
	uint64_t count = answers_other_bodies(c->answers, &example);

	if (count)
		log_note("%" PRIu64 " of %zu requests got differing bodies "
		         "(--same-bodies refuses that): %s",
		    count, c->requests, example);
}

void
report_warnings(const struct comparison *c)
{
	for (size_t i = 0; i < c->arms->len; i++)
		warn_of_arm(c, i);
	warn_of_failures(c, arm_figures_typical(&c->figures[0])->failed);
	warn_of_bodies(c);
}
