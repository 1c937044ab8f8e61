/*
 * The pictures that the options ask for: opened before the run, so that a bad
 * file name is known early; fed with every result; drawn at the end.
 */
#include "config.h"

#include "pictures/pictures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/xalloc.h"
#include "display/terminal.h"
#include "files/target.h"
#include "pictures/critical_path.h"
#include "pictures/report.h"
#include "pictures/waterfall.h"
#include "process/log.h"

enum {
	TERMINAL_REQUESTS = 30, /* about a screen of lines */
	SVG_REQUESTS = 200      /* a picture of 4,000 pixels or more */
};

struct pictures {
	unsigned color;              /* enum color_when */
	const char *command;         /* borrowed */
	struct waterfall *waterfall; /* NULL: not wanted */
	struct target svg;           /* its path is NULL: not wanted */
	struct critical_path *path;  /* NULL: not wanted */
	struct report *report;       /* NULL: not wanted */
	struct target page;          /* of the report */
};

/* Begin the file of a picture, if it has one: a temporary file beside it until
 * write_file() commits it. `option` stands in front of the path in a message.
 */
static int
open_file(struct target *t, const char *option, const char *path, char **cause)
{
	target_init(t, xstrdup_null(path), TARGET_REPLACES);
	if (!path || target_open(t) == 0)
		return 0;
	*cause = xasprintf("%s%s: %s", option, path, strerror(errno));
	return -1;
}

struct pictures *
pictures_open(const struct picture_options *o, const char *command,
    unsigned color, char **cause)
{
	struct pictures *p = xcalloc(1, sizeof(*p));

	p->color = color;
	p->command = command;
	if (o->waterfall)
		p->waterfall = waterfall_new(
		    o->waterfall_file ? SVG_REQUESTS : TERMINAL_REQUESTS);
	if (o->why)
		p->path = critical_path_new();
	if (o->report)
		p->report = report_new();
	p->page.fd = -1;
	if (open_file(&p->svg, "--waterfall=", o->waterfall_file, cause) ==
	        -1 ||
	    open_file(&p->page, "--report ", o->report, cause) == -1) {
		pictures_free(p);
		return NULL;
	}
	return p;
}

void
pictures_free(struct pictures *p)
{
	if (!p)
		return;
	waterfall_free(p->waterfall);
	critical_path_free(p->path);
	report_free(p->report);
	target_release(&p->page);
	target_release(&p->svg);
	free(p);
}

static void
on_result(void *arg, const struct request *request, struct result *r)
{
	struct pictures *p = arg;

	if (p->waterfall)
		waterfall_add(p->waterfall, request, r);
	if (p->path)
		critical_path_add(p->path, request, r);
	if (p->report)
		report_add(p->report, request, r);
}

struct run_observer
pictures_observer(struct pictures *p)
{
	return (struct run_observer){.on_result = on_result, .arg = p};
}

/* Write the text, and only then give the file its name: until then an older
 * file of that name stays as it was. */
static int
write_file(struct target *t, const struct buf *text, char **cause)
{
	if (io_write_all(t->fd, text->data, text->len) == 0 &&
	    target_commit(t) == 0)
		return 0;
	*cause = xasprintf("%s: %s", t->path, strerror(errno));
	return -1;
}

/* As wide as the terminal, which would fold longer lines. */
static void
print_waterfall(struct pictures *p)
{
	struct terminal t = terminal_of(STDERR_FILENO, p->color);
	struct waterfall_look look = {
	    .width = t.width, .unicode = t.unicode, .color = t.color};
	struct buf text;

	buf_init(&text);
	waterfall_add_text(p->waterfall, &look, &text);
	log_picture(&text);
	buf_release(&text);
}

static void
print_critical_path(struct pictures *p, const struct run_outcome *outcome)
{
	struct buf text;

	buf_init(&text);
	critical_path_add_text(p->path, outcome->totals.wall_us, &text);
	log_picture(&text);
	buf_release(&text);
}

static int
save_svg(struct pictures *p, char **cause)
{
	struct buf text;
	int rc;

	buf_init(&text);
	waterfall_add_svg(p->waterfall, &text);
	rc = write_file(&p->svg, &text, cause);
	buf_release(&text);
	return rc;
}

/* The date of the report is in local time, with the zone. */
static int
save_report(struct pictures *p, const struct run_outcome *outcome, char **cause)
{
	time_t now = time(NULL);
	char when[64];
	struct buf text;
	struct tm tm;
	int rc;

	strftime(
	    when, sizeof(when), "%Y-%m-%d %H:%M:%S %z", localtime_r(&now, &tm));
	buf_init(&text);
	report_add_page(p->report,
	    &(struct report_run){&outcome->totals, when, p->command}, &text);
	rc = write_file(&p->page, &text, cause);
	buf_release(&text);
	return rc;
}

/* Files come first, so that nothing is printed as if all were well when one
 * of them cannot be written. */
int
pictures_finish(
    struct pictures *p, const struct run_outcome *outcome, char **cause)
{
	if (p->svg.path && save_svg(p, cause) == -1)
		return -1;
	if (p->report && save_report(p, outcome, cause) == -1)
		return -1;
	if (p->waterfall && !p->svg.path)
		print_waterfall(p);
	if (p->path)
		print_critical_path(p, outcome);
	return 0;
}
