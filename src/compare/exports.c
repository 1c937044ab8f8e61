/*
 * Each export is a function that appends the comparison to a buffer. They
 * stand in one table at the end, with the options that name their files.
 */
#include "config.h"

#include "compare/exports.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/xalloc.h"
#include "compare/drawn.h"
#include "compare/page.h"
#include "compare/table.h"
#include "files/target.h"
#include "json/write.h"

/* --- JSON and CSV, as hyperfine writes them; Markdown --------------------- */

static void
add_number(struct buf *out, const char *name, double number)
{
	json_open_member(out, name);
	json_add_number(out, number);
}

static void
add_times(struct buf *out, const struct arm_figures *f)
{
	json_open_member(out, "times");
	for (size_t i = 0; i < f->len; i++) {
		buf_addc(out, i ? ',' : '[');
		json_add_number(out, f->runs[i].wall_s);
	}
	buf_addc(out, ']');
}

/* Append the exit codes that the runs would have had as commands. */
static void
add_exit_codes(struct buf *out, const struct arm_figures *f)
{
	json_open_member(out, "exit_codes");
	for (size_t i = 0; i < f->len; i++) {
		buf_addc(out, i ? ',' : '[');
		json_add_integer(out, f->runs[i].failed > 0);
	}
	buf_addc(out, ']');
}

/* Append the -P of an arm as text: hyperfine's parameters are strings. */
static void
add_parameters(struct buf *out, const struct arm *arm)
{
	char parallel[16] = "auto";

	if (!arm->adaptive)
		snprintf(parallel, sizeof(parallel), "%u", arm->parallel);
	json_open_object(out, "parameters");
	json_open_member(out, "parallel");
	json_add_text_or_null(out, parallel);
	buf_addc(out, '}');
}

/* Append an arm as the result of a command. The deviation of a single run is
 * null, as NaN is not JSON. */
static void
add_result(struct buf *out, const struct comparison *c, size_t i)
{
	const struct arm_figures *f = &c->figures[i];
	struct stats s = arm_figures_wall(f);

	buf_addc(out, '{');
	json_open_member(out, "command");
	json_add_text_or_null(out, c->arms->items[i].name);
	add_number(out, "mean", s.mean);
	add_number(out, "stddev", s.n > 1 ? s.stddev : NAN);
	add_number(out, "median", s.median);
	add_number(out, "user", arm_figures_user(f));
	add_number(out, "system", arm_figures_system(f));
	add_number(out, "min", s.min);
	add_number(out, "max", s.max);
	add_times(out, f);
	add_exit_codes(out, f);
	add_parameters(out, &c->arms->items[i]);
	buf_addc(out, '}');
}

/* Each arm has a line, for those who look at the file. */
static void
add_json_export(const struct comparison *c, struct buf *out)
{
	buf_addc(out, '{');
	json_open_member(out, "results");
	for (size_t i = 0; i < c->arms->len; i++) {
		buf_adds(out, i ? ",\n" : "[\n");
		add_result(out, c, i);
	}
	buf_adds(out, "\n]}\n");
}

/* Append a cell behind the first one; NaN is an empty one. */
static void
add_cell(struct buf *out, double number)
{
	buf_addc(out, ',');
	if (!isnan(number))
		json_add_number(out, number);
}

static void
add_csv_line(struct buf *out, const struct comparison *c, size_t i)
{
	const struct arm_figures *f = &c->figures[i];
	const struct arm *arm = &c->arms->items[i];
	struct stats s = arm_figures_wall(f);

	buf_adds(out, arm->name);
	add_cell(out, s.mean);
	add_cell(out, s.n > 1 ? s.stddev : NAN);
	add_cell(out, s.median);
	add_cell(out, arm_figures_user(f));
	add_cell(out, arm_figures_system(f));
	add_cell(out, s.min);
	add_cell(out, s.max);
	if (arm->adaptive)
		buf_adds(out, ",auto\n");
	else
		buf_addf(out, ",%u\n", arm->parallel);
}

/* No cell needs quotes: they are names of arms and numbers. */
static void
add_csv_export(const struct comparison *c, struct buf *out)
{
	buf_adds(out, "command,mean,stddev,median,user,system,min,max,"
	              "parameter_parallel\n");
	for (size_t i = 0; i < c->arms->len; i++)
		add_csv_line(out, c, i);
}

/* --- files --------------------------------------------------------------- */

enum {
	FORMS = 5
};

/* The forms, in the order in which exports_open takes their paths. */
static const struct {
	const char *option; /* as it stands before the path */
	void (*add)(const struct comparison *, struct buf *);
} forms[FORMS] = {
    {"--export-json ", add_json_export},
    {"--export-markdown ", comparison_add_markdown},
    {"--export-csv ", add_csv_export},
    {"--report ", comparison_add_page},
    {"--waterfall=", drawn_add_svg},
};

struct exports {
	struct target targets[FORMS]; /* `path` NULL: not wanted */
	int on_stdout;                /* the form on stdout; -1: none */
};

/* Open the file of form `i`, if it is wanted. */
static int
open_one(struct exports *e, int i, const char *path, char **cause)
{
	if (!path)
		return 0;
	if (strcmp(path, "-") == 0) {
		if (e->on_stdout >= 0) {
			*cause = xasprintf("%s- and %s- cannot both write "
			                   "to stdout",
			    forms[e->on_stdout].option, forms[i].option);
			return -1;
		}
		e->on_stdout = i;
		return 0;
	}
	target_init(&e->targets[i], xstrdup(path), TARGET_REPLACES);
	if (target_open(&e->targets[i]) == 0)
		return 0;
	*cause = xasprintf("%s%s: %s", forms[i].option, path, strerror(errno));
	return -1;
}

/* A descriptor of -1 marks what is not open, so that all can be freed after a
 * failure. */
struct exports *
exports_open(const struct options *options, char **cause)
{
	const struct compare_options *o = &options->compare;
	const char *const paths[FORMS] = {o->export_json, o->export_markdown,
	    o->export_csv, options->pictures.report,
	    options->pictures.waterfall_file};
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

/* Write an export to stdout, or to its file, which gets its name when all is
 * written. */
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
		*cause = xasprintf("%s%s: %s", forms[i].option,
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
