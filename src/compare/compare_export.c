#include "config.h"

#include "compare/compare_export.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "base/io.h"
#include "base/xalloc.h"
#include "output/target.h"
#include "timing/show.h"

/* --- the forms ------------------------------------------------------- */

static cJSON *
times_of(const struct arm_figures *f)
{
	cJSON *array = cJSON_CreateArray();

	for (size_t i = 0; i < f->len; i++)
		cJSON_AddItemToArray(
		    array, cJSON_CreateNumber(f->runs[i].wall_s));
	return array;
}

/* As if each run had been a command of its own. */
static cJSON *
exit_codes_of(const struct arm_figures *f)
{
	cJSON *array = cJSON_CreateArray();

	for (size_t i = 0; i < f->len; i++)
		cJSON_AddItemToArray(
		    array, cJSON_CreateNumber(f->runs[i].failed ? 1 : 0));
	return array;
}

/* hyperfine's parameters are strings. */
static cJSON *
parameters_of(const struct arm *arm)
{
	cJSON *object = cJSON_CreateObject();
	char text[16];

	snprintf(text, sizeof(text), "%u", arm->parallel);
	cJSON_AddStringToObject(object, "parallel", text);
	return object;
}

static cJSON *
result_of(const struct comparison *c, size_t i)
{
	const struct arm_figures *f = &c->figures[i];
	struct stats s = arm_figures_wall(f);
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "command", c->arms->items[i].name);
	cJSON_AddNumberToObject(o, "mean", s.mean);
	if (s.n > 1)
		cJSON_AddNumberToObject(o, "stddev", s.stddev);
	else
		cJSON_AddNullToObject(o, "stddev");
	cJSON_AddNumberToObject(o, "median", s.median);
	cJSON_AddNumberToObject(o, "user", arm_figures_user(f));
	cJSON_AddNumberToObject(o, "system", arm_figures_system(f));
	cJSON_AddNumberToObject(o, "min", s.min);
	cJSON_AddNumberToObject(o, "max", s.max);
	cJSON_AddItemToObject(o, "times", times_of(f));
	cJSON_AddItemToObject(o, "exit_codes", exit_codes_of(f));
	cJSON_AddItemToObject(
	    o, "parameters", parameters_of(&c->arms->items[i]));
	return o;
}

void
export_json(const struct comparison *c, struct buf *out)
{
	cJSON *root = cJSON_CreateObject();
	cJSON *results = cJSON_AddArrayToObject(root, "results");
	char *text;

	for (size_t i = 0; i < c->arms->len; i++)
		cJSON_AddItemToArray(results, result_of(c, i));
	text = cJSON_Print(root);
	if (!text)
		die("out of memory");
	buf_adds(out, text);
	buf_addc(out, '\n');
	cJSON_free(text);
	cJSON_Delete(root);
}

/* All of them in the unit of the slowest. */
static struct time_unit
common_unit(const struct comparison *c)
{
	double most = 0;

	for (size_t i = 0; i < c->arms->len; i++) {
		double mean = arm_figures_wall(&c->figures[i]).mean;

		if (mean > most)
			most = mean;
	}
	return time_unit_for(most);
}

static void
add_relative(const struct comparison *c, size_t i, struct buf *out)
{
	size_t fastest = comparison_fastest(c);
	struct interval ratio;

	if (i == fastest) {
		buf_adds(out, " 1.00 |\n");
		return;
	}
	ratio = comparison_ratio(c, i, fastest);
	if (c->figures[i].len < BOOTSTRAP_FEWEST)
		buf_addf(out, " %.2f |\n", ratio.ratio);
	else
		buf_addf(out, " %.2f (%.2f … %.2f) |\n", ratio.ratio, ratio.low,
		    ratio.high);
}

void
export_markdown(const struct comparison *c, struct buf *out)
{
	struct time_unit unit = common_unit(c);

	buf_addf(out,
	    "| Arm | Mean [%s] | Min [%s] | Max [%s] | "
	    "Connections | Relative |\n"
	    "|:---|---:|---:|---:|---:|---:|\n",
	    unit.name, unit.name, unit.name);
	for (size_t i = 0; i < c->arms->len; i++) {
		struct stats s = arm_figures_wall(&c->figures[i]);

		buf_addf(out,
		    "| `%s` | %.*f ± %.*f | %.*f | %.*f | %" PRIu64 " |",
		    c->arms->items[i].name, unit.decimals,
		    s.mean / unit.seconds, unit.decimals,
		    s.stddev / unit.seconds, unit.decimals,
		    s.min / unit.seconds, unit.decimals, s.max / unit.seconds,
		    arm_figures_typical(&c->figures[i])->opened);
		add_relative(c, i, out);
	}
}

void
export_csv(const struct comparison *c, struct buf *out)
{
	buf_adds(out, "command,mean,stddev,median,user,system,min,max,"
	              "parameter_parallel\n");
	for (size_t i = 0; i < c->arms->len; i++) {
		const struct arm_figures *f = &c->figures[i];
		struct stats s = arm_figures_wall(f);

		buf_addf(out, "%s,%.9g,", c->arms->items[i].name, s.mean);
		if (s.n > 1)
			buf_addf(out, "%.9g", s.stddev);
		buf_addf(out, ",%.9g,%.9g,%.9g,%.9g,%.9g,%u\n", s.median,
		    arm_figures_user(f), arm_figures_system(f), s.min, s.max,
		    c->arms->items[i].parallel);
	}
}

/* --- their files ------------------------------------------------------ */

enum {
	FORMS = 4
};

static const struct {
	const char *option;
	void (*add)(const struct comparison *, struct buf *);
} forms[FORMS] = {
    {"--export-json", export_json},
    {"--export-markdown", export_markdown},
    {"--export-csv", export_csv},
    {"--report", export_html},
};

struct exports {
	struct target targets[FORMS]; /* `path` NULL: not wanted */
	int on_stdout;                /* which one; -1: none */
};

static int
open_one(struct exports *e, int i, const char *path, char **cause)
{
	if (!path)
		return 0;
	if (strcmp(path, "-") == 0) {
		if (e->on_stdout >= 0) {
			*cause = xasprintf("%s - and %s - cannot both have "
			                   "standard output",
			    forms[e->on_stdout].option, forms[i].option);
			return -1;
		}
		e->on_stdout = i;
		return 0;
	}
	target_init(&e->targets[i], xstrdup(path), false);
	if (target_open(&e->targets[i]) == 0)
		return 0;
	*cause = xasprintf("%s %s: %s", forms[i].option, path, strerror(errno));
	return -1;
}

struct exports *
exports_open(const struct options *options, char **cause)
{
	const struct compare_options *o = &options->compare;
	const char *const paths[FORMS] = {o->export_json, o->export_markdown,
	    o->export_csv, options->pictures.report};
	struct exports *e = xcalloc(1, sizeof(*e));

	e->on_stdout = -1;
	for (int i = 0; i < FORMS; i++)
		e->targets[i].fd = -1;
	for (int i = 0; i < FORMS; i++) {
		if (open_one(e, i, paths[i], cause) == 0)
			continue;
		exports_free(e);
		return NULL;
	}
	return e;
}

bool
exports_take_stdout(const struct exports *e)
{
	return e->on_stdout >= 0;
}

static int
write_one(struct exports *e, int i, const struct comparison *c)
{
	struct target *t = &e->targets[i];
	struct buf text;
	int rc;

	buf_init(&text);
	forms[i].add(c, &text);
	if (i == e->on_stdout)
		rc = io_write_all(STDOUT_FILENO, text.data, text.len);
	else
		rc =
		    io_write_all(t->fd, text.data, text.len) || target_commit(t)
		        ? -1
		        : 0;
	buf_release(&text);
	return rc;
}

int
exports_write(struct exports *e, const struct comparison *c, char **cause)
{
	for (int i = 0; i < FORMS; i++) {
		if (!e->targets[i].path && i != e->on_stdout)
			continue;
		if (write_one(e, i, c) == 0)
			continue;
		*cause = xasprintf("%s %s: %s", forms[i].option,
		    e->targets[i].path ? e->targets[i].path : "-",
		    strerror(errno));
		return -1;
	}
	return 0;
}

void
exports_free(struct exports *e)
{
	if (!e)
		return;
	for (int i = 0; i < FORMS; i++)
		target_release(&e->targets[i]);
	free(e);
}
