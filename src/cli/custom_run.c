/*
 * How the run as a whole goes: concurrency, retries, failures, hedges,
 * comparisons, and what the program prints about itself.
 */
#include "config.h"

#include "cli/setters.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cli/units.h"

enum {
	PARALLEL_MAX = 100000
};

/* The scheduler and the engine both need the number: one decides who may start,
 * the other how many connections it keeps. */
int
setter_parallel(const struct setting *s, char **cause)
{
	struct sched_options *sched = &s->options->run.sched;
	uint64_t n = SCHED_AUTO_START;
	bool automatic = strcmp(s->value, "auto") == 0;

	if (!automatic && !units_count(s->value, &n))
		return setting_wants(s, "a whole number or auto", cause);
	if (n < 1 || n > PARALLEL_MAX)
		return setting_refuse(cause,
		    "%s must be between 1 and %d, not %s", s->typed,
		    PARALLEL_MAX, s->value);
	sched->parallel_auto = automatic;
	sched->parallel = (unsigned)n;
	s->options->run.fetch.parallel = (unsigned)n;
	return 0;
}

int
setter_threads(const struct setting *s, char **cause)
{
	uint64_t n = THREADS_AUTO;
	bool automatic = strcmp(s->value, "auto") == 0;

	if (!automatic && !units_count(s->value, &n))
		return setting_wants(s, "a whole number or auto", cause);
	if (!automatic && (n < 1 || n > THREADS_MAX))
		return setting_refuse(cause,
		    "%s must be between 1 and %d, not %s", s->typed,
		    THREADS_MAX, s->value);
	s->options->run.threads = (unsigned)n;
	return 0;
}

int
setter_role(const struct setting *s, char **cause)
{
	(void)cause;
	s->options->queue.role =
	    s->on ? (enum queue_role)s->row->curl_value : QUEUE_NO_ROLE;
	return 0;
}

/* The scheduler pauses origins, the retry policy obeys Retry-After: both are
 * what
 * --no-polite turns off. */
int
setter_polite(const struct setting *s, char **cause)
{
	(void)cause;
	s->options->run.sched.polite = s->on;
	s->options->run.retry.polite = s->on;
	return 0;
}

int
setter_retry_on(const struct setting *s, char **cause)
{
	char *why;

	if (retry_on_parse(&s->options->run.retry.on, s->value, &why) == 0)
		return 0;
	setting_refuse(cause, "%s: %s", s->typed, why);
	free(why);
	return -1;
}

/* A number or a share; the last one given counts. */
int
setter_max_failures(const struct setting *s, char **cause)
{
	struct stop_options *stop = &s->options->run.stop;

	if (units_count(s->value, &stop->max_failures))
		stop->max_failure_share = -1;
	else if (!units_share(s->value, &stop->max_failure_share))
		return setting_wants(s,
		    "a number such as 10, or a percentage such as 5%", cause);
	stop->limits_failures = true;
	return 0;
}

/* A percentile pNN, or a time. */
int
setter_hedge(const struct setting *s, char **cause)
{
	struct hedge_options *hedge = &s->options->run.hedge;
	uint64_t percent;

	hedge->after_us = 0;
	hedge->percentile = 0;
	if (*s->value == 'p' && units_count(s->value + 1, &percent) &&
	    percent > 0 && percent < 100)
		hedge->percentile = (double)percent;
	else if (!units_duration(s->value, &hedge->after_us) ||
	         hedge->after_us <= 0)
		return setting_wants(s,
		    "a time such as 300ms, or a percentile such as p95", cause);
	return 0;
}

/* --fail-fast is --max-failures 0. */
int
setter_fail_fast(const struct setting *s, char **cause)
{
	(void)cause;
	s->options->run.stop.limits_failures = s->on;
	s->options->run.stop.max_failures = 0;
	s->options->run.stop.max_failure_share = -1;
	return 0;
}

/* A comma-separated list of statuses, classes (3xx) and ranges. */
int
setter_accept(const struct setting *s, char **cause)
{
	const char *item = s->value;
	struct status_range range;

	for (;;) {
		size_t len = strcspn(item, ",");

		if (!status_range_parse(item, len, &range))
			return setting_wants(s,
			    "comma-separated statuses such as 404, 3xx or "
			    "200-204",
			    cause);
		status_set_add(&s->options->run.accept, range);
		if (item[len] == '\0')
			return 0;
		item += len + 1;
	}
}

/* The arms are parsed where they are needed (compare/arms.h). */
int
setter_compare(const struct setting *s, char **cause)
{
	struct compare_options *c = &s->options->compare;

	(void)cause;
	c->enabled = s->on;
	free(c->arms);
	c->arms = xstrdup_null(s->value);
	return 0;
}

int
setter_replay_speed(const struct setting *s, char **cause)
{
	char *end;
	double speed = strtod(s->value, &end);

	if (*end || end == s->value || !(speed >= 0.001) || speed > 1e6)
		return setting_wants(
		    s, "a number from 0.001 to 1000000", cause);
	s->options->serve.replay_speed = speed;
	return 0;
}

int
setter_help(const struct setting *s, char **cause)
{
	(void)cause;
	s->options->help = s->on;
	free(s->options->help_topic);
	s->options->help_topic = xstrdup_null(s->value);
	return 0;
}

int
setter_version(const struct setting *s, char **cause)
{
	(void)cause;
	s->options->version = s->on;
	return 0;
}

/* The number of bytes per second below which a transfer counts as stalled. */
int
setter_speed_limit(const struct setting *s, char **cause)
{
	uint64_t bytes;

	if (!units_size(s->value, &bytes) || bytes > INT64_MAX)
		return setting_wants(s, UNITS_SIZE_FORM, cause);
	s->options->run.fetch.speed_limit = (int64_t)bytes;
	return 0;
}

/* For options that gather accepts but whose effect is always on (-f) or is
 * looked at before parsing (-q). */
int
setter_nothing(const struct setting *s, char **cause)
{
	(void)s;
	(void)cause;
	return 0;
}
