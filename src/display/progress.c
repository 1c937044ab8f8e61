/*
 * The line is made of parts, each of which a function appends from the figures;
 * those that do not fit are dropped, and a bar or a spinner takes what is left.
 */
#include "config.h"

#include "display/progress.h"

#include <inttypes.h>
#include <stdbool.h>

#include "base/clock.h"
#include "stats/show.h"
#include "text/term_width.h"

enum {
	/* Columns. */
	GAP = 2,       /* between two parts */
	BAR_LEAST = 8, /* below, there is no bar */
	BAR_MOST = 40,
	WAITING_MOST = 48 /* of what the run waits for */
};

static void
add_label(const struct progress_figures *f, struct buf *out)
{
	if (f->label)
		buf_adds(out, f->label);
}

static void
add_count(const struct progress_figures *f, struct buf *out)
{
	buf_addu(out, f->done);
	if (f->total >= 0) {
		buf_addc(out, '/');
		buf_addu(out, (uint64_t)f->total);
	} else {
		buf_adds(out, " done");
	}
}

static void
add_flying(const struct progress_figures *f, struct buf *out)
{
	if (f->flying)
		buf_addf(out, "%" PRIu64 " in flight", f->flying);
}

static void
add_rate(const struct progress_figures *f, struct buf *out)
{
	if (f->rate > 0)
		buf_addf(out, "%.*f/s", f->rate < 10 ? 1 : 0, f->rate);
}

static void
add_failed(const struct progress_figures *f, struct buf *out)
{
	if (f->failed)
		buf_addf(out, "%" PRIu64 " failed", f->failed);
}

static void
add_retrying(const struct progress_figures *f, struct buf *out)
{
	if (f->retrying)
		buf_addf(out, "%" PRIu64 " retrying", f->retrying);
}

/* In whole seconds: tenths would only flicker. */
static void
add_eta(const struct progress_figures *f, struct buf *out)
{
	int64_t s = (f->eta_us + CLOCK_SECOND - 1) / CLOCK_SECOND;

	if (f->eta_us < 0 || f->total < 0 || f->done >= (uint64_t)f->total)
		return;
	buf_adds(out, "ETA ");
	if (s < 100)
		buf_addf(out, "%lld s", (long long)s);
	else
		add_duration(out, s * CLOCK_SECOND);
}

static void
add_waiting(const struct progress_figures *f, struct buf *out)
{
	if (f->waiting)
		buf_adds(out, f->waiting);
}

/* In the order in which they stand; where there is no room, those with the
 * highest number go first. */
static const struct part {
	void (*add)(const struct progress_figures *, struct buf *);
	int dispensable;
	const char *color;
} parts[] = {
    {add_count, 0, NULL},
    {add_label, 3, "\033[1m"},
    {add_flying, 6, NULL},
    {add_rate, 5, NULL},
    {add_failed, 1, "\033[31m"},
    {add_retrying, 7, "\033[33m"},
    {add_eta, 4, NULL},
    {add_waiting, 2, "\033[33m"},
};

enum {
	PARTS = sizeof(parts) / sizeof(parts[0])
};

struct line {
	struct buf texts[PARTS];
	size_t columns[PARTS]; /* 0: left out */
};

/* The columns of all parts that are left, with the gaps. */
static size_t
total_columns(const struct line *line)
{
	size_t sum = 0;

	for (size_t i = 0; i < PARTS; i++)
		if (line->columns[i])
			sum += line->columns[i] + (sum ? GAP : 0);
	return sum;
}

/* Leave out the part that can best be dispensed with. Returns false if only the
 * count is left, which stays. */
static bool
drop_one(struct line *line)
{
	size_t worst = 0;

	for (size_t i = 1; i < PARTS; i++)
		if (line->columns[i] &&
		    parts[i].dispensable > parts[worst].dispensable)
			worst = i;
	line->columns[worst] = 0;
	return worst != 0;
}

/* Make the parts, and drop those for which there is no room. */
static void
fill(struct line *line, const struct progress_figures *f,
    const struct terminal *t, size_t room)
{
	struct term_width_cut cut = {room, t->unicode ? "…" : "..."};

	for (size_t i = 0; i < PARTS; i++) {
		struct buf whole;

		buf_init(&whole);
		buf_init(&line->texts[i]);
		parts[i].add(f, &whole);
		cut.columns = parts[i].add == add_waiting && room > WAITING_MOST
		                  ? WAITING_MOST
		                  : room;
		line->columns[i] = term_width_add_cut(
		    &line->texts[i], whole.data, whole.len, &cut);
		buf_release(&whole);
	}
	while (total_columns(line) > room && drop_one(line))
		;
}

static void
repeat(struct buf *out, const char *s, size_t n)
{
	while (n--)
		buf_adds(out, s);
}

static void
add_colored(struct buf *out, const char *color, const char *text)
{
	if (color)
		buf_adds(out, color);
	buf_adds(out, text);
	if (color)
		buf_adds(out, "\033[0m");
}

/* The characters of a bar. */
struct bar_style {
	const char *left, *full, *half, *empty, *right;
	size_t ends; /* columns of left and right */
};

static const struct bar_style bar_unicode = {"", "━", "╸", "─", "", 0};
static const struct bar_style bar_ascii = {"[", "=", "-", " ", "]", 2};

/* The bar in so many columns; half a cell is drawn where the character set has
 * it. */
static void
add_progress_bar(const struct progress_figures *f, const struct terminal *t,
    size_t columns, struct buf *out)
{
	const struct bar_style *style = t->unicode ? &bar_unicode : &bar_ascii;
	size_t cells = columns - style->ends;
	double share = f->total > 0 ? (double)f->done / (double)f->total : 0;
	size_t halves = (size_t)((share < 1 ? share : 1) * (double)cells * 2);

	buf_adds(out, style->left);
	if (t->color)
		buf_adds(out, "\033[36m");
	repeat(out, style->full, halves / 2);
	repeat(out, style->half, halves % 2);
	if (t->color)
		buf_adds(out, "\033[0;2m");
	repeat(out, style->empty, cells - (halves + 1) / 2);
	if (t->color)
		buf_adds(out, "\033[0m");
	buf_adds(out, style->right);
}

static void
add_spinner(
    const struct progress_figures *f, const struct terminal *t, struct buf *out)
{
	static const char *const unicode[] = {
	    "⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"};
	static const char *const ascii[] = {
	    "|", "/", "-", "\\", "|", "/", "-", "\\"};

	buf_adds(out, (t->unicode ? unicode : ascii)[f->frame % 8]);
}

/* Append what stands in front, bar or spinner, if there is room. Returns its
 * columns. */
static size_t
add_lead(const struct progress_figures *f, const struct terminal *t,
    size_t room, struct buf *out)
{
	size_t columns = 0;

	if (f->total < 0 && room > GAP) {
		add_spinner(f, t, out);
		columns = 1;
	} else if (f->total > 0 && room >= BAR_LEAST + GAP) {
		columns = room - GAP < BAR_MOST ? room - GAP : BAR_MOST;
		add_progress_bar(f, t, columns, out);
	}
	return columns;
}

size_t
progress_add_line(
    const struct progress_figures *f, const struct terminal *t, struct buf *out)
{
	size_t room = t->width > 1 ? t->width - 1 : 1;
	struct line line;
	size_t used;

	fill(&line, f, t, room);
	used = total_columns(&line);
	used += add_lead(f, t, room - used, out);
	for (size_t i = 0, any = used > total_columns(&line); i < PARTS; i++) {
		if (line.columns[i]) {
			repeat(out, " ", any ? GAP : 0);
			add_colored(out, t->color ? parts[i].color : NULL,
			    line.texts[i].data);
			any = 1;
		}
		buf_release(&line.texts[i]);
	}
	return used + (used > total_columns(&line) ? GAP : 0);
}

void
progress_add_sentence(const struct progress_figures *f, struct buf *out)
{
	buf_addu(out, f->done);
	if (f->total >= 0)
		buf_addf(out, " of %lld", (long long)f->total);
	buf_adds(out, " done");
	for (size_t i = 1; i < PARTS; i++) {
		size_t at = out->len;

		buf_adds(out, ", ");
		parts[i].add(f, out);
		if (out->len == at + 2)
			buf_truncate(out, at);
	}
}
