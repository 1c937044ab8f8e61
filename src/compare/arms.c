/*
 * Three parts: the names of arms; the figures of their runs; and the
 * comparison of arms with each other.
 */
#include "config.h"

#include "compare/arms.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "schedule/sched.h"
#include "text/suggest.h"

/* --- names -------------------------------------------------------------- */

enum {
	PARALLEL_MAX = 100000 /* of an arm */
};

/* Parse the N of "async:N". strtoul() alone would take signs and blanks. */
static int
parse_number(const char *text, unsigned *n)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '1' || *text > '9' || *end || value > PARALLEL_MAX)
		return -1;
	*n = (unsigned)value;
	return 0;
}

static const char with_number[] = "async:";

/* Returns what stands behind "async:" in `text`, or the whole of it. */
static const char *
after_prefix(const char *text)
{
	size_t prefix = sizeof(with_number) - 1;

	return strncmp(text, with_number, prefix) == 0 ? text + prefix : text;
}

/* Parse the name of an arm; "8" is "async:8", and "auto" is "async:auto". */
static int
parse_arm(struct arm *arm, const char *text, const struct arm *plain)
{
	const char *number = after_prefix(text);

	*arm = *plain;
	arm->kind = ARM_ASYNC;
	snprintf(arm->name, sizeof(arm->name), "%s", text);
	if (strcmp(text, "async") == 0)
		return 0;
	arm->adaptive = strcmp(number, "auto") == 0;
	if (strcmp(text, "sync") == 0 || strcmp(text, "session") == 0) {
		arm->kind = text[1] == 'y' ? ARM_SYNC : ARM_SESSION;
		arm->parallel = 1;
		return 0;
	}
	if (arm->adaptive)
		arm->parallel = SCHED_AUTO_START;
	else if (parse_number(number, &arm->parallel))
		return -1;
	snprintf(arm->name, sizeof(arm->name), "async:%s", number);
	return 0;
}

/* --- what is wrong with a name ------------------------------------------- */

static const char usual_names[] = "sync, session, async, async:N, N or auto";

/* "1-16", "1..16": a range, which has to be written out. */
static bool
is_range(const char *text)
{
	const char *rest = text + strspn(text, "0123456789");
	size_t dots = strspn(rest, "-.:");

	return rest > text && dots && rest[dots] >= '0' && rest[dots] <= '9';
}

static bool
is_number(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

/* Does `text` give a number to an arm that has none, as in "sync:4"? */
static bool
is_sequential_with_number(const char *text)
{
	return strncmp(text, "sync:", 5) == 0 ||
	       strncmp(text, "session:", 8) == 0;
}

static const char *
nearest_name(const char *text)
{
	static const char *const names[] = {"sync", "session", "async", "auto"};
	struct suggestion nearest;

	suggestion_init(&nearest, text);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		suggestion_offer(&nearest, names[i]);
	return nearest.best;
}

/* Returns why `text` is no arm, and what to write instead; caller frees. */
static char *
why_unknown(const char *text)
{
	const char *number = after_prefix(text);
	const char *nearest = nearest_name(text);

	if (!*text)
		return xasprintf("an arm is missing; separate arms by single "
		                 "commas, as in --compare=1,4,auto");
	if (is_number(number))
		return xasprintf("%s is out of range: requests in flight are "
		                 "1 to %d",
		    number, PARALLEL_MAX);
	if (is_range(number))
		return xasprintf("\"%s\" is a range; name each value, as in "
		                 "--compare=1,2,4,8,16",
		    text);
	if (is_sequential_with_number(text))
		return xasprintf("\"%s\": %.*s is always one at a time; use "
		                 "async%s",
		    text, (int)strcspn(text, ":"), text, strchr(text, ':'));
	if (nearest)
		return xasprintf("unknown arm \"%s\"; did you mean %s? (%s)",
		    text, nearest, usual_names);
	return xasprintf("unknown arm \"%s\"; use %s", text, usual_names);
}

static bool
has_arm(const struct arms *arms, const char *name)
{
	for (size_t i = 0; i < arms->len; i++)
		if (strcmp(arms->items[i].name, name) == 0)
			return true;
	return false;
}

/* Add the arm that `word` names. -1: *cause is why not. */
static int
add_word(
    struct arms *arms, const char *word, const struct arm *plain, char **cause)
{
	struct arm arm;

	if (parse_arm(&arm, word, plain)) {
		*cause = why_unknown(word);
		return -1;
	}
	if (has_arm(arms, arm.name)) {
		*cause =
		    xasprintf("%s is listed twice; to measure each arm more "
		              "often use --runs",
		        arm.name);
		return -1;
	}
	arms->items =
	    xreallocarray(arms->items, arms->len + 1, sizeof(*arms->items));
	arms->items[arms->len++] = arm;
	return 0;
}

int
arms_parse(
    struct arms *arms, const char *text, const struct arm *plain, char **cause)
{
	char *copy = xstrdup(text ? text : "sync,session,async");
	char *rest = copy;
	char *word;
	char *why = NULL;

	*arms = (struct arms){0};
	while (!why && (word = strsep(&rest, ",")))
		add_word(arms, word, plain, &why);
	free(copy);
	if (!why)
		return 0;
	*cause = xasprintf("--compare=%s: %s", text, why);
	free(why);
	arms_release(arms);
	return -1;
}

void
arms_release(struct arms *arms)
{
	free(arms->items);
	*arms = (struct arms){0};
}

bool
arms_are_sweep(const struct arms *arms)
{
	for (size_t i = 0; i < arms->len; i++)
		if (arms->items[i].kind != ARM_ASYNC)
			return false;
	return arms->len >= 3;
}

char *
arm_meaning(const struct arm *arm)
{
	if (arm->kind == ARM_SYNC)
		return xstrdup("one at a time, a new connection for each");
	if (arm->kind == ARM_SESSION)
		return xstrdup("one at a time, connections reused");
	if (arm->adaptive)
		return xstrdup("adaptive parallelism (-P auto)");
	return xasprintf("up to %u at a time", arm->parallel);
}

/* --- figures ------------------------------------------------------------ */

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

/* By the median, as a mean would follow a single slow run. */
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

/* Ratios are told apart from 1 by the lower end of their interval, which has
 * two decimals where it is shown. */
static const double certain = 1.005;
/* Without an interval they must be larger than this. */
static const double alike = 1.05;

bool
interval_is_faster(const struct interval *ratio)
{
	if (isnan(ratio->low))
		return ratio->value >= alike;
	return ratio->low >= certain;
}

/* Returns whether no request succeeded, in any run. */
static bool
all_failed(const struct comparison *c)
{
	for (size_t i = 0; i < c->arms->len; i++)
		for (size_t j = 0; j < c->figures[i].len; j++) {
			const struct run_figures *run = &c->figures[i].runs[j];

			if (!run->failed || run->failed < run->ended)
				return false;
		}
	return true;
}

/* Different statuses come first: they explain different bodies. */
char *
comparison_refusal(const struct comparison *c, enum bodies_rule bodies)
{
	const char *example;
	uint64_t count = answers_other_statuses(c->answers, &example);
	const char *what = "statuses";

	if (!count && bodies == BODIES_ARE_SAME) {
		count = answers_other_bodies(c->answers, &example);
		what = "bodies";
	}
	if (!count && all_failed(c))
		return xstrdup("every request failed, so the times are those "
		               "of failures: there is no verdict");
	if (!count)
		return NULL;
	return xasprintf("the arms received different %s (%" PRIu64 " of %zu "
	                 "requests), so their times cannot be compared: %s",
	    what, count, c->requests, example);
}
