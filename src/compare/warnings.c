/* What makes the times of a comparison doubtful, as messages on stderr. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/xalloc.h"
#include "compare/text.h"
#include "process/log.h"
#include "stats/show.h"
#include "stats/stats.h"

/* A shorter run varies by a large share of its time, whatever is measured. */
static const double short_s = 0.005;

/* Returns a time in words; caller frees. */
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

	log_note("%s: the first run was slower (%s, median %s), probably "
	         "because of cold caches; exclude it with --warmup %u",
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

	log_note(
	    "%s: outliers detected: %zu of %zu runs (worst %s, median %s); "
	    "repeat on a quiet system, or with more --runs",
	    c->arms->items[i].name, found->count, c->figures[i].len, worst,
	    usual);
	free(worst);
	free(usual);
}

/* Warn of what makes the times of arm `i` doubtful. */
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
	free(walls);
}

/* Warn once, however many arms are short. */
static void
warn_of_short(const struct comparison *c)
{
	size_t fastest = comparison_fastest(c);
	double median = arm_figures_wall(&c->figures[fastest]).median;
	char *usual;

	if (median >= short_s)
		return;
	usual = in_words(median);
	log_note("a run of %s takes only %s, so the times are noisy; make runs "
	         "longer with --repeat",
	    c->arms->items[fastest].name, usual);
	free(usual);
}

/* Failures are often faster than successes, so the times say little. */
static void
warn_of_failures(const struct comparison *c, uint64_t failed)
{
	if (failed)
		log_note("%" PRIu64
		         " of %zu requests failed in every arm; a failure "
		         "may be faster than a success would be",
		    failed, c->requests);
}

static void
warn_of_bodies(const struct comparison *c)
{
	const char *example;
	uint64_t count = answers_other_bodies(c->answers, &example);

	if (count)
		log_note("%" PRIu64 " of %zu requests received different "
		         "bodies (an error with --same-bodies): %s",
		    count, c->requests, example);
}

void
comparison_warn(const struct comparison *c)
{
	for (size_t i = 0; i < c->arms->len; i++)
		warn_of_arm(c, i);
	warn_of_short(c);
	warn_of_failures(c, arm_figures_typical(&c->figures[0])->failed);
	warn_of_bodies(c);
}
