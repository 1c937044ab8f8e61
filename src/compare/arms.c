/*
 * Three parts: the names of arms; the figures of their runs; and the
 * comparison of arms with each other.
 */
#include "config.h"

#include "compare/arms.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

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

/* Parse the name of an arm; "8" is "async:8". */
static int
parse_arm(struct arm *arm, const char *text, unsigned parallel)
{
	static const char with_number[] = "async:";
	size_t prefix = sizeof(with_number) - 1;
	const char *number = text;

	*arm = (struct arm){.kind = ARM_ASYNC, .parallel = parallel};
	snprintf(arm->name, sizeof(arm->name), "%s", text);
	if (strcmp(text, "async") == 0)
		return 0;
	if (strcmp(text, "sync") == 0 || strcmp(text, "session") == 0) {
		arm->kind = text[1] == 'y' ? ARM_SYNC : ARM_SESSION;
		arm->parallel = 1;
		return 0;
	}
	if (strncmp(text, with_number, prefix) == 0)
		number += prefix;
	if (parse_number(number, &arm->parallel))
		return -1;
	snprintf(arm->name, sizeof(arm->name), "async:%u", arm->parallel);
	return 0;
}

static bool
has_arm(const struct arms *arms, const char *name)
{
	for (size_t i = 0; i < arms->len; i++)
		if (strcmp(arms->items[i].name, name) == 0)
			return true;
	return false;
}

/* Duplicates are dropped without a message: "async,async:8" is fine with any
 * -P. */
int
arms_parse(struct arms *arms, const char *text, unsigned parallel, char **cause)
{
	char *copy = xstrdup(text ? text : "sync,session,async");
	char *rest = copy;
	char *word;

	*arms = (struct arms){0};
	while ((word = strsep(&rest, ","))) {
		struct arm arm;

		if (parse_arm(&arm, word, parallel)) {
			*cause = xasprintf(
			    "--compare=%s: unknown arm \"%s\"; use sync, "
			    "session, async, async:N or N",
			    text, word);
			arms_release(arms);
			break;
		}
		if (has_arm(arms, arm.name))
			continue;
		arms->items = xreallocarray(
		    arms->items, arms->len + 1, sizeof(*arms->items));
		arms->items[arms->len++] = arm;
	}
	free(copy);
	return arms->len ? 0 : -1;
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
	if (!count)
		return NULL;
	return xasprintf("the arms received different %s (%" PRIu64 " of %zu "
	                 "requests), so their times cannot be compared: %s",
	    what, count, c->requests, example);
}
