/*
 * The parts of the report in the order in which they stand on the page:
 * figures, outcomes, times, critical path, waterfall, table.
 */
#include "config.h"

#include "pictures/report.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "pictures/critical_path.h"
#include "pictures/page.h"
#include "pictures/report_table.h"
#include "pictures/targets.h"
#include "pictures/waterfall.h"
#include "stats/histogram.h"
#include "stats/percentiles.h"
#include "stats/show.h"

enum {
	DRAWN = 60,        /* requests in the picture */
	TARGETS_SHOWN = 20 /* origins */
};

struct report {
	struct waterfall *drawn;        /* the requests of the picture */
	struct waterfall *table;        /* the requests of the table */
	struct percentiles *times;      /* took; requests with an answer */
	struct percentiles *first_byte; /* their times to the first byte */
	struct targets *targets;
	struct critical_path *path; /* through all requests */
};

struct report *
report_new(void)
{
	struct report *r = xcalloc(1, sizeof(*r));

	r->drawn = waterfall_new(DRAWN);
	r->table = waterfall_new(REPORT_ROWS);
	r->times = percentiles_new();
	r->first_byte = percentiles_new();
	r->targets = targets_new();
	r->path = critical_path_new();
	return r;
}

void
report_free(struct report *r)
{
	if (!r)
		return;
	waterfall_free(r->drawn);
	waterfall_free(r->table);
	percentiles_free(r->times);
	percentiles_free(r->first_byte);
	targets_free(r->targets);
	critical_path_free(r->path);
	free(r);
}

void
report_add(struct report *r, const struct request *request,
    const struct result *result)
{
	waterfall_add(r->drawn, request, result);
	waterfall_add(r->table, request, result);
	critical_path_add(r->path, request, result);
	targets_add(r->targets, request, result);
	if (!result_has_latency(result))
		return;
	percentiles_add(r->times, result_took_us(result));
	percentiles_add(r->first_byte, result_first_byte_us(result));
}

/* --- figures ----------------------------------------------------------- */

/* Append a figure whose value is formatted. */
__attribute__((format(printf, 3, 4))) static void
add_figure(struct buf *out, const char *term, const char *fmt, ...)
{
	struct buf value;
	va_list ap;

	buf_init(&value);
	va_start(ap, fmt);
	buf_addv(&value, fmt, ap);
	va_end(ap);
	page_add_figure(out, term, value.data);
	buf_release(&value);
}

static void
add_time_figure(struct buf *out, const char *term, int64_t us)
{
	struct buf value;

	buf_init(&value);
	add_duration(&value, us);
	page_add_figure(out, term, value.data);
	buf_release(&value);
}

static void
add_size_figure(struct buf *out, const char *term, uint64_t bytes)
{
	struct buf value;

	buf_init(&value);
	add_size(&value, bytes);
	page_add_figure(out, term, value.data);
	buf_release(&value);
}

/* Append a count that is not 0. */
static void
add_count(struct buf *out, const char *term, uint64_t n)
{
	if (n)
		add_figure(out, term, "%" PRIu64, n);
}

static void
add_figures(const struct totals *t, struct buf *out)
{
	page_begin_figures(out);
	add_figure(out, "requests", "%" PRIu64, totals_count(t));
	add_figure(out, "ok", "%" PRIu64, t->ok);
	add_count(out, "failed", t->failed);
	add_count(out, "cancelled", t->cancelled);
	add_count(out, "from an earlier run", t->recalled);
	add_time_figure(out, "wall clock", t->wall_us);
	add_figure(out, "rate", "%.*f/s", totals_per_second(t) < 10,
	    totals_per_second(t));
	if (t->flight_us > 0)
		add_figure(out, "in flight on average", "%.*f",
		    totals_mean_in_flight(t) < 10, totals_mean_in_flight(t));
	add_size_figure(out, "received", t->bytes);
	add_figure(out, "connections", "%" PRIu64 " opened, %" PRIu64 " reused",
	    t->connections_opened, t->connections_reused);
	add_figure(out, "attempts", "%" PRIu64, t->attempts);
	page_end_figures(out);
}

/* --- what became of the requests ---------------------------------------- */

/* Append a bar for `n` of `all`, whose value is the count. */
static void
add_count_bar(struct buf *out, struct page_bar bar, uint64_t n, uint64_t all)
{
	struct buf value;

	buf_init(&value);
	buf_addu(&value, n);
	bar.value = value.data;
	bar.share = (double)n / (double)(all ? all : 1);
	page_add_bar(out, &bar);
	buf_release(&value);
}

/* Append the statuses of final answers, each with its count. */
static void
add_statuses(const struct totals *t, struct buf *out)
{
	for (int status = 1; status < TOTALS_STATUSES; status++) {
		char label[16];

		if (!t->by_status[status])
			continue;
		snprintf(label, sizeof(label), "%d", status);
		add_count_bar(out,
		    (struct page_bar){
		        .label = label,
		        .kind = t->failed_by_status[status] ? "bad" : "good",
		    },
		    t->by_status[status], totals_count(t));
	}
}

/* Append the failures by their class. */
static void
add_failures(const struct totals *t, struct buf *out)
{
	for (size_t i = ERROR_NONE + 1; i < ERROR_CLASS_COUNT; i++) {
		enum error_class class = (enum error_class)i;

		if (!t->by_class[class])
			continue;
		add_count_bar(out,
		    (struct page_bar){
		        .label = error_class_name(class),
		        .kind = class == ERROR_CANCELLED ? "neutral" : "bad",
		        .note = error_class_meaning(class),
		    },
		    t->by_class[class], totals_count(t));
	}
}

static bool
has_statuses(const struct totals *t)
{
	for (size_t i = 0; i < TOTALS_STATUSES; i++)
		if (t->by_status[i])
			return true;
	return false;
}

/* Requests with an answer may fail for another reason than its status, so there
 * are two charts. */
static void
add_outcomes(const struct totals *t, struct buf *out)
{
	page_begin_pair(out);
	if (has_statuses(t)) {
		page_add_heading(out, "Statuses");
		page_begin_bars(out, NULL);
		add_statuses(t, out);
		page_end_bars(out);
		page_next_of_pair(out);
	}
	if (totals_count(t) > t->ok) {
		page_add_heading(out, "Failures");
		page_begin_bars(out, NULL);
		add_failures(t, out);
		page_end_bars(out);
	}
	page_end_pair(out);
}

/* --- tables ----------------------------------------------------------------
 */

/* Returns the unit for a column of which `us` is the longest time. */
static struct time_unit
unit_for(int64_t us)
{
	return time_unit_for((double)us / CLOCK_SECOND);
}

static void
add_count_cell(struct buf *out, uint64_t n, const char *kind)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, n);
	page_add_cell(out, text, kind);
}

/* Append a time; an empty cell where it is unknown (-1). */
static void
add_time_cell(struct buf *out, int64_t us, struct time_unit unit)
{
	struct buf text;

	buf_init(&text);
	if (us >= 0)
		add_time(&text, (double)us / CLOCK_SECOND, unit, 0);
	page_add_cell(out, buf_text(&text), "");
	buf_release(&text);
}

static void
add_size_cell(struct buf *out, uint64_t bytes)
{
	struct buf text;

	buf_init(&text);
	add_size(&text, bytes);
	page_add_cell(out, text.data, "");
	buf_release(&text);
}

/* --- where they went -------------------------------------------------------
 */

static void
add_target(const struct target_count *c, struct time_unit unit, struct buf *out)
{
	int64_t mean = c->answered ? c->took_us / (int64_t)c->answered : -1;

	page_begin_row(out, c->origin);
	add_count_cell(out, c->requests, "");
	add_count_cell(out, c->failed, c->failed ? "failures" : "");
	add_time_cell(out, mean, unit);
	add_time_cell(out, c->answered ? c->slowest_us : -1, unit);
	add_size_cell(out, c->bytes);
}

/* Returns the unit for the times of all targets. */
static struct time_unit
unit_of(const struct target_count *const *list, size_t len)
{
	int64_t most = 0;

	for (size_t i = 0; i < len; i++)
		if (list[i]->slowest_us > most)
			most = list[i]->slowest_us;
	return unit_for(most);
}

/* Append how many requests went to origins that are not shown. */
static void
add_other_targets(struct report *r, size_t shown, struct buf *out)
{
	size_t len;
	const struct target_count *const *list =
	    targets_sorted(r->targets, &len);
	uint64_t requests = targets_others(r->targets);
	struct buf note;

	for (size_t i = shown; i < len; i++)
		requests += list[i]->requests;
	if (!requests)
		return;
	buf_init(&note);
	buf_addf(&note, "and %" PRIu64 " request%s to other origins", requests,
	    requests == 1 ? "" : "s");
	page_add_note(out, note.data);
	buf_release(&note);
}

static void
add_targets(struct report *r, struct buf *out)
{
	static const char *const columns[] = {"origin", "requests", "failed",
	    "took, mean", "took, max", "received"};
	size_t len;
	const struct target_count *const *list =
	    targets_sorted(r->targets, &len);
	size_t shown = len < TARGETS_SHOWN ? len : TARGETS_SHOWN;
	struct time_unit unit = unit_of(list, shown);

	if (!len)
		return;
	page_add_heading(out, "Targets");
	page_begin_table(out, &(struct page_table){"Table of targets", columns,
	                          sizeof(columns) / sizeof(*columns)});
	for (size_t i = 0; i < shown; i++)
		add_target(list[i], unit, out);
	page_end_table(out);
	add_other_targets(r, shown, out);
}

/* --- how long they took ----------------------------------------------------
 */

/* The percentiles of a row, as far as there are enough values for them. */
static const double percents[] = {50, 90, 95, 99};

enum {
	PERCENTS = sizeof(percents) / sizeof(*percents)
};

/* Returns whether there are enough values for a percentile; else its column is
 * left out. */
static bool
has_percentile(const struct report *r, double percent)
{
	return percentiles_at(r->times, percent) >= 0;
}

/* Append the begin of the table, with a column for each percentile. */
static void
begin_percentiles(const struct report *r, struct buf *out)
{
	const char *columns[PERCENTS + 3] = {"", "min"};
	char names[PERCENTS][16];
	size_t len = 2;

	for (size_t i = 0; i < PERCENTS; i++) {
		if (!has_percentile(r, percents[i]))
			continue;
		snprintf(names[i], sizeof(names[i]), "p%g", percents[i]);
		columns[len++] = names[i];
	}
	columns[len++] = "max";
	page_begin_table(
	    out, &(struct page_table){"Table of percentiles", columns, len});
}

/* Append a row: the percentiles of `p`, which are called `name`. */
static void
add_percentiles(const struct report *r, const char *name, struct percentiles *p,
    struct buf *out)
{
	struct time_unit unit = unit_for(percentiles_max(r->times));

	page_begin_row(out, name);
	add_time_cell(out, percentiles_min(p), unit);
	for (size_t i = 0; i < PERCENTS; i++)
		if (has_percentile(r, percents[i]))
			add_time_cell(
			    out, percentiles_at(p, percents[i]), unit);
	add_time_cell(out, percentiles_max(p), unit);
}

static void
add_histogram(const struct histogram *h, struct buf *out)
{
	page_begin_bars(out, NULL);
	for (size_t i = 0; i < h->rows; i++) {
		struct buf label;

		buf_init(&label);
		histogram_add_bounds(h, i, " … ", &label);
		add_count_bar(out,
		    (struct page_bar){.label = label.data, .kind = "bar"},
		    h->count[i], h->most);
		buf_release(&label);
	}
	page_end_bars(out);
}

static void
add_times(struct report *r, struct buf *out)
{
	struct histogram h = histogram_of(r->times);
	struct buf note;

	if (!h.rows)
		return;
	page_add_heading(out, "How long requests took");
	begin_percentiles(r, out);
	add_percentiles(r, "TTFB", r->first_byte, out);
	add_percentiles(r, "took", r->times, out);
	page_end_table(out);
	add_histogram(&h, out);
	buf_init(&note);
	buf_addf(&note,
	    "Of the %" PRIu64 " request%s with a response: from the start of "
	    "the last attempt to the first byte (TTFB) and to the last (took), "
	    "redirects included, without waiting in the queue.",
	    percentiles_count(r->times),
	    percentiles_count(r->times) == 1 ? "" : "s");
	page_add_note(out, note.data);
	buf_release(&note);
}

/* --- where the time went -------------------------------------------------- */

/* Append a bar for each part of the critical path. */
static void
add_parts(const struct path_times *parts, int64_t wall_us, struct buf *out)
{
	page_begin_bars(out, NULL);
	for (size_t i = 0; i < PATH_PARTS; i++) {
		struct page_bar bar = {
		    .label = critical_path_part_name(i),
		    .share = (double)parts->us[i] / (double)wall_us,
		    .note = critical_path_part_meaning(i),
		};
		char kind[8];
		struct buf value;

		if (parts->us[i] <= 0)
			continue;
		snprintf(kind, sizeof(kind), "p%zu", i);
		bar.kind = i < PHASE_DNS || i == PATH_OTHER ? "neutral" : kind;
		buf_init(&value);
		add_duration(&value, parts->us[i]);
		bar.value = value.data;
		page_add_bar(out, &bar);
		buf_release(&value);
	}
	page_end_bars(out);
}

static void
add_critical_path(struct report *r, const struct totals *t, struct buf *out)
{
	struct path_times parts;
	struct buf text;

	buf_init(&text);
	critical_path_add_text(r->path, t->wall_us, &text);
	if (text.len) {
		page_add_heading(out, "Where the time went");
		if (critical_path_times(r->path, t->wall_us, &parts))
			add_parts(&parts, t->wall_us, out);
		buf_adds(out, "<details><summary>The critical path and the "
		              "longest requests</summary>\n");
		page_add_lines(out, text.data);
		buf_adds(out, "</details>\n");
	}
	buf_release(&text);
}

/* --- the page ---------------------------------------------------------- */

static void
add_waterfall(struct report *r, struct buf *out)
{
	page_add_heading(out, "Waterfall");
	page_begin_scroll(out, "Waterfall of the requests");
	waterfall_add_drawing(r->drawn, out);
	page_end_scroll(out);
}

void
report_add_page(struct report *r, const struct report_run *run, struct buf *out)
{
	struct waterfall_view view = waterfall_view(r->table);

	page_begin(out, "gather report");
	page_add_note(out, run->when);
	if (*run->command)
		page_add_command(out, run->command);
	add_figures(run->totals, out);
	add_outcomes(run->totals, out);
	add_targets(r, out);
	add_times(r, out);
	add_critical_path(r, run->totals, out);
	if (view.len) {
		add_waterfall(r, out);
		report_table_add(out, &view);
		page_add_script(out);
	}
	page_end(out);
}
