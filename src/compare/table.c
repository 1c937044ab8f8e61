/*
 * From top to bottom: what all rows share, such as units; the columns, each a
 * row of one list; the cells as texts; and the forms in which they are shown.
 */
#include "config.h"

#include "compare/table.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strlist.h"
#include "base/xalloc.h"
#include "pictures/page.h"
#include "stats/show.h"
#include "text/term_width.h"

/* --- what all rows share -------------------------------------------------- */

/* Returns the -P by which an arm of a sweep is sorted. */
static unsigned
sort_key(const struct arm *arm)
{
	return arm->adaptive ? UINT_MAX : arm->parallel;
}

size_t *
comparison_order(const struct comparison *c)
{
	size_t *order = xcalloc(c->arms->len, sizeof(*order));
	bool sorts = arms_are_sweep(c->arms);

	for (size_t i = 0; i < c->arms->len; i++) {
		size_t at = i;

		for (; sorts && at > 0 &&
		       sort_key(&c->arms->items[order[at - 1]]) >
		           sort_key(&c->arms->items[i]);
		     at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	return order;
}

static void
add_parallel(const struct arm *arm, struct buf *out)
{
	if (arm->adaptive)
		buf_adds(out, "auto");
	else
		buf_addf(out, "%u", arm->parallel);
}

void
comparison_add_arm_name(const struct comparison *c, size_t i, struct buf *out)
{
	if (arms_are_sweep(c->arms))
		add_parallel(&c->arms->items[i], out);
	else
		buf_adds(out, c->arms->items[i].name);
}

/* The smallest and the largest of some positive values; 0: there are none. */
struct extent {
	double least, most;
};

static void
extend(struct extent *e, double value)
{
	if (value > 0 && (value < e->least || e->least == 0))
		e->least = value;
	if (value > e->most)
		e->most = value;
}

/* The deviations decide about one digit more than the three of the medians. */
struct time_unit
comparison_unit(const struct comparison *c)
{
	struct extent times = {0}, deviations = {0};
	struct time_unit unit;
	int wanted;

	for (size_t i = 0; i < c->arms->len; i++) {
		struct stats s = arm_figures_wall(&c->figures[i]);

		extend(&times, s.median);
		extend(&times, s.max);
		extend(&deviations, s.stddev);
	}
	unit = time_unit_for_column(times.least, times.most);
	wanted = decimals_for(deviations.least / unit.seconds, 1);
	if (deviations.least > 0 && wanted > unit.decimals &&
	    times.most < 100 * times.least && unit.seconds > 1e-6)
		unit.decimals++;
	return unit;
}

/* How cells are aligned with the cells above and below them. */
enum alignment {
	ALIGN_CELLS, /* by the table: Markdown, HTML */
	ALIGN_PARTS  /* each part of a cell by blanks: the terminal */
};

struct sheet {
	const struct comparison *c;
	enum drawing drawing;
	enum alignment alignment;
	struct stats *stats; /* of the wall times, one per arm; owned */
	struct time_unit time;
	struct time_unit cpu;
	int rate_decimals;
	/* Widths of the parts of a cell. */
	int mean_width, deviation_width, bound_width;
};

static double
cpu_of(const struct comparison *c, size_t i)
{
	return arm_figures_user(&c->figures[i]) +
	       arm_figures_system(&c->figures[i]);
}

static double
rate_of(const struct sheet *s, size_t i)
{
	return (double)s->c->requests / s->stats[i].median;
}

/* Returns how wide `seconds` is in the unit of the times. */
static int
width_of(const struct sheet *s, double seconds)
{
	char text[64];

	return snprintf(text, sizeof(text), "%.*f", s->time.decimals,
	    seconds / s->time.seconds);
}

static void
measure_widths(struct sheet *s)
{
	for (size_t i = 0; i < s->c->arms->len; i++) {
		int mean = width_of(s, s->stats[i].mean);
		int deviation = width_of(s, s->stats[i].stddev);
		int bound = width_of(s, s->stats[i].max);

		if (mean > s->mean_width)
			s->mean_width = mean;
		if (deviation > s->deviation_width)
			s->deviation_width = deviation;
		if (bound > s->bound_width)
			s->bound_width = bound;
	}
}

static void
sheet_init(struct sheet *s, const struct comparison *c, enum drawing drawing,
    enum alignment alignment)
{
	struct extent cpu = {0}, rate = {0};

	*s = (struct sheet){.c = c, .drawing = drawing, .alignment = alignment};
	s->stats = xcalloc(c->arms->len, sizeof(*s->stats));
	for (size_t i = 0; i < c->arms->len; i++) {
		s->stats[i] = arm_figures_wall(&c->figures[i]);
		extend(&cpu, cpu_of(c, i));
		extend(&rate, rate_of(s, i));
	}
	s->time = comparison_unit(c);
	s->cpu = time_unit_for_column(cpu.least, cpu.most);
	if (s->cpu.decimals > 1)
		s->cpu.decimals--;
	s->rate_decimals = decimals_for_column(rate.least, rate.most);
	if (alignment == ALIGN_PARTS)
		measure_widths(s);
}

static void
sheet_release(struct sheet *s)
{
	free(s->stats);
}

/* --- columns -------------------------------------------------------------- */

static bool
has_rounds(const struct sheet *s)
{
	return s->stats[0].n > 1;
}

static bool
has_one_round(const struct sheet *s)
{
	return !has_rounds(s);
}

static bool
is_sweep(const struct sheet *s)
{
	return arms_are_sweep(s->c->arms);
}

static bool
is_no_sweep(const struct sheet *s)
{
	return !is_sweep(s);
}

static bool
is_export(const struct sheet *s)
{
	return s->alignment == ALIGN_CELLS;
}

static bool
is_export_or_sweep(const struct sheet *s)
{
	return is_export(s) || is_sweep(s);
}

static bool
has_failures(const struct sheet *s)
{
	for (size_t i = 0; i < s->c->arms->len; i++)
		if (arm_figures_typical(&s->c->figures[i])->failed)
			return true;
	return false;
}

static void
add_name(const struct sheet *s, size_t i, struct buf *out)
{
	buf_adds(out, s->c->arms->items[i].name);
}

static void
add_p(const struct sheet *s, size_t i, struct buf *out)
{
	add_parallel(&s->c->arms->items[i], out);
}

static void
add_seconds(const struct sheet *s, double seconds, int width, struct buf *out)
{
	buf_addf(
	    out, "%*.*f", width, s->time.decimals, seconds / s->time.seconds);
}

static void
add_median(const struct sheet *s, size_t i, struct buf *out)
{
	add_seconds(s, s->stats[i].median, 0, out);
}

static void
add_mean(const struct sheet *s, size_t i, struct buf *out)
{
	add_seconds(s, s->stats[i].mean, s->mean_width, out);
	buf_addf(out, " %s ", plus_minus(s->drawing));
	add_seconds(s, s->stats[i].stddev, s->deviation_width, out);
}

static void
add_range(const struct sheet *s, size_t i, struct buf *out)
{
	add_seconds(s, s->stats[i].min, s->bound_width, out);
	buf_addf(out, " %s ", ellipsis(s->drawing));
	add_seconds(s, s->stats[i].max, s->bound_width, out);
}

static void
add_rate(const struct sheet *s, size_t i, struct buf *out)
{
	buf_addf(out, "%.*f", s->rate_decimals, rate_of(s, i));
}

static void
add_opened(const struct sheet *s, size_t i, struct buf *out)
{
	buf_addu(out, arm_figures_typical(&s->c->figures[i])->opened);
}

static void
add_reused(const struct sheet *s, size_t i, struct buf *out)
{
	buf_addu(out, arm_figures_typical(&s->c->figures[i])->reused);
}

static void
add_failed(const struct sheet *s, size_t i, struct buf *out)
{
	buf_addu(out, arm_figures_typical(&s->c->figures[i])->failed);
}

static void
add_cpu(const struct sheet *s, size_t i, struct buf *out)
{
	buf_addf(
	    out, "%.*f", s->cpu.decimals, cpu_of(s->c, i) / s->cpu.seconds);
}

/* Append how many times longer arm `i` took than the fastest. */
static void
add_relative(const struct sheet *s, size_t i, struct buf *out)
{
	size_t fastest = comparison_fastest(s->c);
	struct interval r = comparison_ratio(s->c, i, fastest);

	add_ratio_number(out, r.value);
	if (i == fastest || isnan(r.low))
		return;
	buf_adds(out, " (");
	add_ratio_number(out, r.low);
	buf_addf(out, " %s ", ellipsis(s->drawing));
	add_ratio_number(out, r.high);
	buf_adds(out, ")");
}

/* The unit of a column. */
enum measure {
	MEASURE_NONE,
	MEASURE_TIME,
	MEASURE_CPU
};

/* The columns from left to right. On a narrow terminal those with the highest
 * `drop` go first; 0 stays. */
static const struct kind {
	const char *name, *ascii; /* `ascii` NULL: the same */
	enum measure measure;
	bool left; /* else its cells end at the right */
	unsigned drop;
	bool (*wanted)(const struct sheet *); /* NULL: always */
	void (*add)(const struct sheet *, size_t arm, struct buf *out);
} kinds[] = {
    {"arm", NULL, MEASURE_NONE, true, 0, is_no_sweep, add_name},
    {"-P", NULL, MEASURE_NONE, false, 0, is_export_or_sweep, add_p},
    {"time", NULL, MEASURE_TIME, false, 0, has_one_round, add_median},
    {"median", NULL, MEASURE_TIME, false, 0, has_rounds, add_median},
    {"mean ± σ", "mean +- sd", MEASURE_TIME, false, 1, has_rounds, add_mean},
    {"min … max", "min .. max", MEASURE_TIME, false, 3, has_rounds, add_range},
    {"requests/s", NULL, MEASURE_NONE, false, 2, NULL, add_rate},
    {"opened", NULL, MEASURE_NONE, false, 4, NULL, add_opened},
    {"reused", NULL, MEASURE_NONE, false, 5, NULL, add_reused},
    {"failed", NULL, MEASURE_NONE, false, 0, has_failures, add_failed},
    {"CPU", NULL, MEASURE_CPU, false, 6, NULL, add_cpu},
    {"relative", NULL, MEASURE_NONE, false, 0, is_export, add_relative},
};

enum {
	KINDS = sizeof(kinds) / sizeof(*kinds)
};

/* --- cells ---------------------------------------------------------------- */

struct column {
	const struct kind *kind;
	const char *name;
	const char *unit;     /* "" if it has none */
	struct strlist cells; /* in the order of the rows */
	size_t width;         /* on a terminal */
};

struct table {
	struct column columns[KINDS];
	size_t len;
	size_t rows;
	size_t best; /* the row of the fastest arm */
};

static size_t
text_width(const char *text)
{
	return term_width_of(text, strlen(text));
}

static void
fill_column(struct column *column, const struct sheet *s, const size_t *order)
{
	size_t unit = text_width(column->unit);

	column->width = text_width(column->name);
	if (unit > column->width)
		column->width = unit;
	strlist_init(&column->cells);
	for (size_t row = 0; row < s->c->arms->len; row++) {
		struct buf cell;
		size_t width;

		buf_init(&cell);
		column->kind->add(s, order[row], &cell);
		width = text_width(cell.data);
		if (width > column->width)
			column->width = width;
		strlist_add_owned(&column->cells, buf_take(&cell));
	}
}

static void
add_column(struct table *t, const struct kind *kind, const struct sheet *s,
    const size_t *order)
{
	const char *const units[] = {
	    [MEASURE_NONE] = "",
	    [MEASURE_TIME] = s->time.name,
	    [MEASURE_CPU] = s->cpu.name,
	};
	struct column *column = &t->columns[t->len++];

	column->kind = kind;
	column->name =
	    s->drawing == DRAW_ASCII && kind->ascii ? kind->ascii : kind->name;
	column->unit = units[kind->measure];
	fill_column(column, s, order);
}

static void
table_init(struct table *t, const struct comparison *c, enum drawing drawing,
    enum alignment alignment)
{
	size_t *order = comparison_order(c);
	struct sheet s;

	*t = (struct table){.rows = c->arms->len};
	sheet_init(&s, c, drawing, alignment);
	for (size_t i = 0; i < KINDS; i++)
		if (!kinds[i].wanted || kinds[i].wanted(&s))
			add_column(t, &kinds[i], &s, order);
	while (order[t->best] != comparison_fastest(c))
		t->best++;
	sheet_release(&s);
	free(order);
}

static void
table_release(struct table *t)
{
	for (size_t i = 0; i < t->len; i++)
		strlist_release(&t->columns[i].cells);
}

/* --- on a terminal -------------------------------------------------------- */

enum {
	MARGIN = 2, /* columns before the table */
	GAP = 2     /* between two columns of it */
};

static size_t
table_width(const struct table *t)
{
	size_t width = MARGIN - GAP;

	for (size_t i = 0; i < t->len; i++)
		width += GAP + t->columns[i].width;
	return width;
}

/* Leave out the column that matters least. Returns false if all matter. */
static bool
drop_column(struct table *t)
{
	size_t least = 0;

	for (size_t i = 1; i < t->len; i++)
		if (t->columns[i].kind->drop > t->columns[least].kind->drop)
			least = i;
	if (t->columns[least].kind->drop == 0)
		return false;
	strlist_release(&t->columns[least].cells);
	t->len--;
	memmove(&t->columns[least], &t->columns[least + 1],
	    (t->len - least) * sizeof(t->columns[0]));
	return true;
}

static void
add_blanks(struct buf *out, size_t n)
{
	while (n--)
		buf_addc(out, ' ');
}

/* Append a text in its column. Nothing follows the last one, no blanks either.
 */
static void
add_aligned(const struct table *t, size_t i, const char *text, struct buf *out)
{
	const struct column *column = &t->columns[i];
	size_t blanks = column->width - text_width(text);

	add_blanks(out, i ? GAP : MARGIN);
	if (!column->kind->left)
		add_blanks(out, blanks);
	buf_adds(out, text);
	if (column->kind->left && i + 1 < t->len)
		add_blanks(out, blanks);
}

static void
add_head(const struct table *t, const struct style *style, struct buf *out)
{
	paint(style, PAINT_BOLD, out);
	for (size_t i = 0; i < t->len; i++)
		add_aligned(t, i, t->columns[i].name, out);
	unpaint(style, out);
	buf_addc(out, '\n');
	paint(style, PAINT_DIM, out);
	for (size_t i = 0; i < t->len; i++)
		add_aligned(t, i, t->columns[i].unit, out);
	while (out->data[out->len - 1] == ' ')
		buf_truncate(out, out->len - 1);
	unpaint(style, out);
	buf_addc(out, '\n');
}

static void
add_row(const struct table *t, size_t row, const struct style *style,
    struct buf *out)
{
	if (row == t->best)
		paint(style, PAINT_GOOD, out);
	for (size_t i = 0; i < t->len; i++)
		add_aligned(t, i, t->columns[i].cells.items[row], out);
	if (row == t->best)
		unpaint(style, out);
	buf_addc(out, '\n');
}

void
comparison_add_table(
    const struct comparison *c, const struct style *style, struct buf *out)
{
	struct table t;

	table_init(&t, c, style->drawing, ALIGN_PARTS);
	while (table_width(&t) > style->width && drop_column(&t))
		;
	add_head(&t, style, out);
	for (size_t row = 0; row < t.rows; row++)
		add_row(&t, row, style, out);
	table_release(&t);
}

/* --- in Markdown ---------------------------------------------------------- */

static void
add_markdown_name(const struct column *column, struct buf *out)
{
	buf_addf(out, " %s", column->name);
	if (*column->unit)
		buf_addf(out, " [%s]", column->unit);
	buf_adds(out, " |");
}

/* Names of arms and -P are what a user types, so they are code. */
static void
add_markdown_cell(const struct column *column, size_t row, struct buf *out)
{
	const char *quote = column->kind->left ? "`" : "";

	buf_addf(out, " %s%s%s |", quote, column->cells.items[row], quote);
}

void
comparison_add_markdown(const struct comparison *c, struct buf *out)
{
	struct table t;

	table_init(&t, c, DRAW_UTF8, ALIGN_CELLS);
	buf_addc(out, '|');
	for (size_t i = 0; i < t.len; i++)
		add_markdown_name(&t.columns[i], out);
	buf_adds(out, "\n|");
	for (size_t i = 0; i < t.len; i++)
		buf_adds(out, t.columns[i].kind->left ? ":---|" : "---:|");
	for (size_t row = 0; row < t.rows; row++) {
		buf_adds(out, "\n|");
		for (size_t i = 0; i < t.len; i++)
			add_markdown_cell(&t.columns[i], row, out);
	}
	buf_addc(out, '\n');
	table_release(&t);
}

/* --- in HTML -------------------------------------------------------------- */

static void
add_html_cell(const struct column *column, const char *tag, const char *text,
    struct buf *out)
{
	buf_addf(
	    out, "<%s%s>", tag, column->kind->left ? "" : " class=\"number\"");
	page_add_text(out, text);
}

static void
add_html_head(const struct column *column, struct buf *out)
{
	add_html_cell(column, "th scope=\"col\"", column->name, out);
	if (*column->unit)
		buf_addf(out, " [%s]", column->unit);
	buf_adds(out, "</th>");
}

void
comparison_add_html_table(const struct comparison *c, struct buf *out)
{
	struct table t;

	table_init(&t, c, DRAW_UTF8, ALIGN_CELLS);
	page_begin_scroll(out, "Figures");
	buf_adds(out, "<table class=\"figures\"><thead><tr>");
	for (size_t i = 0; i < t.len; i++)
		add_html_head(&t.columns[i], out);
	buf_adds(out, "</tr></thead>\n<tbody>\n");
	for (size_t row = 0; row < t.rows; row++) {
		buf_addf(out, "<tr%s>", row == t.best ? " class=\"best\"" : "");
		for (size_t i = 0; i < t.len; i++) {
			add_html_cell(&t.columns[i], "td",
			    t.columns[i].cells.items[row], out);
			buf_adds(out, "</td>");
		}
		buf_adds(out, "</tr>\n");
	}
	buf_adds(out, "</tbody></table>\n");
	page_end_scroll(out);
	table_release(&t);
}
