/*
 * The page from top to bottom: the verdict, a bar for each arm, the curve of a
 * sweep, the table.
 */
#include "config.h"

#include "compare/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/strlist.h"
#include "base/xalloc.h"
#include "compare/drawn.h"
#include "compare/table.h"
#include "compare/text.h"
#include "pictures/chart.h"
#include "pictures/page.h"
#include "stats/floor.h"
#include "stats/show.h"

enum {
	FAR_WIDER = 1000 /* columns: no line of a text is folded */
};

static const struct style page_style = {
    .drawing = DRAW_UTF8, .width = FAR_WIDER};

/* --- the verdict -----------------------------------------------------------
 */

/* Append the lines of the verdict, without the head of its list, as paragraphs.
 */
static void
add_paragraphs(struct buf *out, char *text)
{
	char *line;

	while ((line = strsep(&text, "\n"))) {
		line += strspn(line, " ");
		if (*line && strncmp(line, "Summary", strlen("Summary")) != 0)
			page_add_note(out, line);
	}
}

static void
add_verdict(const struct comparison *c, struct buf *out)
{
	char *refusal = comparison_refusal(c, BODIES_MAY_DIFFER);
	struct buf text;

	buf_init(&text);
	comparison_add_head(c, &text);
	add_paragraphs(out, text.data);
	buf_clear(&text);
	if (refusal)
		buf_adds(&text, refusal);
	else
		comparison_add_verdict(c, &page_style, &text);
	buf_adds(out, "<div class=\"verdict\">\n");
	add_paragraphs(out, text.data);
	buf_adds(out, "</div>\n");
	buf_release(&text);
	free(refusal);
}

/* --- a bar for each arm ----------------------------------------------------
 */

/* Returns the median of the wall times of arm `i` with its interval. */
static struct interval
median_of(const struct comparison *c, size_t i)
{
	double *walls = arm_figures_list(&c->figures[i]);
	struct interval median =
	    bootstrap_median(walls, c->figures[i].len, c->seed);

	free(walls);
	return median;
}

/* The texts and dots that the bars borrow. */
struct bar_parts {
	struct buf label, text, note;
	double *dots;
};

static void
add_note(const struct comparison *c, size_t i, struct buf *out)
{
	size_t fastest = comparison_fastest(c);

	if (c->arms->len == 1)
		return;
	if (i == fastest) {
		buf_adds(out, "fastest");
		return;
	}
	add_ratio_number(out, comparison_ratio(c, i, fastest).value);
	buf_adds(out, " times as long");
}

static void
fill_bar(const struct comparison *c, size_t i, struct bar_parts *parts,
    struct chart_bar *bar)
{
	struct interval median = median_of(c, i);

	buf_init(&parts->label);
	buf_init(&parts->text);
	buf_init(&parts->note);
	buf_adds(&parts->label, arms_are_sweep(c->arms) ? "-P " : "");
	comparison_add_arm_name(c, i, &parts->label);
	add_time(&parts->text, median.value, comparison_unit(c), 0);
	buf_adds(&parts->note, "");
	add_note(c, i, &parts->note);
	parts->dots = arm_figures_list(&c->figures[i]);
	*bar = (struct chart_bar){
	    .label = parts->label.data,
	    .value = {median.value, median.low, median.high},
	    .dots = parts->dots,
	    .dots_len = c->figures[i].len,
	    .text = parts->text.data,
	    .note = parts->note.data,
	    .best = i == comparison_fastest(c),
	};
}

static void
bar_parts_release(struct bar_parts *parts)
{
	buf_release(&parts->label);
	buf_release(&parts->text);
	buf_release(&parts->note);
	free(parts->dots);
}

/* Append what the parts of a bar are. */
static void
add_bars_caption(const struct comparison *c, struct buf *out)
{
	size_t rounds = c->figures[0].len;

	if (rounds == 1)
		page_add_note(out, "One run of each arm.");
	else if (rounds < BOOTSTRAP_FEWEST)
		page_add_note(out, "Bars: the median of all runs. "
		                   "Dots: the runs.");
	else
		page_add_note(out, "Bars: the median of all runs. Lines with "
		                   "ends: its 95 % confidence interval. Dots: "
		                   "the runs.");
}

static const struct floor *
floor_of_arm(const struct comparison *c, size_t i)
{
	return &arm_figures_typical(&c->figures[i])->floor;
}

static void
draw_bars(
    const struct comparison *c, const struct chart_bar *bars, struct buf *out)
{
	const struct floor *f = floor_of_arm(c, comparison_fastest(c));
	struct time_unit unit = comparison_unit(c);
	struct chart_bars chart = {
	    .title = "Wall clock of each arm",
	    .unit = unit.name,
	    .unit_size = unit.seconds,
	    .bars = bars,
	    .len = c->arms->len,
	    .mark = (double)f->us / CLOCK_SECOND,
	};
	struct buf label;

	buf_init(&label);
	buf_adds(&label, "fastest possible: ");
	add_duration(&label, f->us);
	chart.mark_label = label.data;
	page_add_heading(out, "Wall clock");
	page_begin_scroll(out, chart.title);
	chart_add_bars(&chart, out);
	page_end_scroll(out);
	add_bars_caption(c, out);
	buf_release(&label);
}

static void
add_bars(const struct comparison *c, struct buf *out)
{
	size_t *order = comparison_order(c);
	struct chart_bar *bars = xcalloc(c->arms->len, sizeof(*bars));
	struct bar_parts *parts = xcalloc(c->arms->len, sizeof(*parts));

	for (size_t i = 0; i < c->arms->len; i++)
		fill_bar(c, order[i], &parts[i], &bars[i]);
	draw_bars(c, bars, out);
	for (size_t i = 0; i < c->arms->len; i++)
		bar_parts_release(&parts[i]);
	free(parts);
	free(bars);
	free(order);
}

/* --- the curve of a sweep --------------------------------------------------
 */

/* Returns the requests per second of arm `i`. A long time is a low rate, so the
 * ends of the interval change places. */
static struct chart_value
rate_of(const struct comparison *c, size_t i)
{
	struct interval median = median_of(c, i);
	double requests = (double)c->requests;

	return (struct chart_value){requests / median.value,
	    requests / median.high, requests / median.low};
}

static struct chart_point
point_of(const struct comparison *c, size_t i)
{
	const struct floor *f = floor_of_arm(c, i);

	return (struct chart_point){
	    .x = c->arms->items[i].parallel,
	    .y = rate_of(c, i),
	    .bound = f->us > 0
	                 ? (double)c->requests * CLOCK_SECOND / (double)f->us
	                 : 0,
	};
}

static void
draw_curve(const struct chart_curve *chart, struct buf *out)
{
	page_add_heading(out, "Requests per second by -P");
	page_begin_scroll(out, chart->title);
	chart_add_curve(chart, out);
	page_end_scroll(out);
	page_add_note(out,
	    "Both axes are logarithmic. The dashed line is the most that is "
	    "possible for the requests as they were at that -P: all of them "
	    "over -P slots, the slowest one or the rate limit, without setting "
	    "up connections. It ends where the highest fixed -P is.");
}

/* Returns the points of the arms that have a -P, and how many in *len; caller
 * frees. Plain `async` may be the same as a number: that is one point. */
static struct chart_point *
points_of(const struct comparison *c, const size_t *order, size_t *len)
{
	size_t fixed = comparison_fixed(c);
	size_t knee = comparison_knee(c, order);
	struct chart_point *points = xcalloc(fixed, sizeof(*points));

	*len = 0;
	for (size_t i = 0; i < fixed; i++) {
		points[*len] = point_of(c, order[i]);
		points[*len].marked = i == knee && i + 1 < fixed;
		if (!*len || points[*len].x > points[*len - 1].x)
			(*len)++;
	}
	return points;
}

/* Append a curve of the arms that have a -P, with -P auto as a level. */
static void
add_curve(const struct comparison *c, struct buf *out)
{
	size_t *order = comparison_order(c);
	size_t fixed = comparison_fixed(c);
	struct chart_curve chart = {
	    .title = "Requests per second by the number in flight",
	    .x_label = "requests in flight (-P), logarithmic",
	    .y_label = "requests/s, logarithmic",
	    .mark_label = "knee",
	    .bound_label = "possible at that -P",
	};
	struct chart_point *points = points_of(c, order, &chart.len);
	char level[64] = "";

	chart.points = points;
	if (fixed < c->arms->len) {
		chart.level = rate_of(c, order[fixed]);
		snprintf(level, sizeof(level), "-P auto: %.*f/s",
		    decimals_for(chart.level.value, 3), chart.level.value);
		chart.level_label = level;
	}
	draw_curve(&chart, out);
	free(points);
	free(order);
}

/* --- the whole -------------------------------------------------------------
 */

static void
add_meanings(const struct comparison *c, struct buf *out)
{
	for (size_t i = 0; i < c->arms->len; i++) {
		char *meaning = arm_meaning(&c->arms->items[i]);

		buf_addf(out, "<p><b>%s</b>: ", c->arms->items[i].name);
		page_add_text(out, meaning);
		buf_adds(out, "</p>\n");
		free(meaning);
	}
}

static void
add_waterfall(const struct comparison *c, struct buf *out)
{
	if (!c->drawn)
		return;
	page_add_heading(out, "Waterfall");
	page_begin_scroll(out, "Waterfall");
	drawn_add_drawing(c, out);
	page_end_scroll(out);
}

void
comparison_add_page(const struct comparison *c, struct buf *out)
{
	page_begin(out, "gather comparison");
	if (*c->command)
		page_add_command(out, c->command);
	add_verdict(c, out);
	if (arms_are_sweep(c->arms))
		add_curve(c, out);
	add_bars(c, out);
	page_add_heading(out, "Figures");
	comparison_add_html_table(c, out);
	if (!arms_are_sweep(c->arms))
		add_meanings(c, out);
	add_waterfall(c, out);
	page_end(out);
}
