/*
 * A waterfall as lines of text. The width is divided into label, outcome, bar
 * and time; a cell of the bar shows the phase that fills most of it.
 */
#include "config.h"

#include "pictures/waterfall.h"

#include <inttypes.h>
#include <string.h>

#include "stats/show.h"
#include "text/term_width.h"
#include "text/utf8.h"

/* Columns. */
enum {
	LABEL_LEAST = 12,
	LABEL_MOST = 60,
	TIME = 8, /* "1.24 s" */
	GAP = 2,  /* between two fields */
	BAR_LEAST = 10,
	MARK = 10 /* that a mark of the axis needs */
};

/* How a phase is drawn on a terminal. */
static const struct {
	const char *glyph; /* one column of UTF-8 */
	char ascii;
	const char *ansi; /* parameters of SGR (ECMA-48, 8.3.117) */
} looks[PHASE_COUNT] = {
    [PHASE_BACKOFF] = {"∼", '~', "35"},
    [PHASE_HOLD] = {"╌", '%', "31"},
    [PHASE_RATE] = {"┄", ':', "33"},
    [PHASE_HOST] = {"‥", ',', "90"},
    [PHASE_PLACE] = {"·", '.', "90"},
    [PHASE_DNS] = {"░", 'd', "36"},
    [PHASE_CONNECT] = {"▒", 'c', "33"},
    [PHASE_TLS] = {"▓", 't', "35"},
    [PHASE_SEND] = {"╸", '>', "37"},
    [PHASE_WAIT] = {"━", '=', "32"},
    [PHASE_RECEIVE] = {"█", '#', "34"},
};

/* Everything that the lines have in common: what is drawn, how, and the widths
 * of three fields in columns. */
struct sheet {
	const struct waterfall_view *view;
	const struct waterfall_look *look;
	size_t label;
	size_t outcome;
	size_t bar;
	struct buf *out;
};

static void
add_blanks(struct buf *out, size_t n)
{
	while (n--)
		buf_addc(out, ' ');
}

/* Append a text made safe for the terminal, cut or padded to `width` columns.
 */
static void
add_field(const struct sheet *s, const struct buf *text, size_t width)
{
	struct term_width_cut cut = {width, s->look->unicode ? "…" : "..."};
	struct buf safe;
	size_t used;

	buf_init(&safe);
	utf8_add_safe(&safe, text->data, text->len);
	used = term_width_add_cut(s->out, safe.data, safe.len, &cut);
	add_blanks(s->out, width - used);
	buf_release(&safe);
}

/* Returns how wide a label is. It is made only to be measured, and made again
 * when the row is drawn. */
static size_t
label_columns(const struct waterfall_view *v, size_t i, size_t j)
{
	struct buf label;
	size_t columns;

	buf_init(&label);
	waterfall_add_label(
	    &label, v, v->requests[i], &v->requests[i]->rows[j]);
	columns = term_width_of(label.data, label.len);
	buf_release(&label);
	return columns;
}

static size_t
outcome_columns(const struct waterfall_row *row)
{
	struct buf outcome;
	size_t len;

	buf_init(&outcome);
	waterfall_add_outcome(&outcome, row);
	len = outcome.len;
	buf_release(&outcome);
	return len;
}

/* Divide the width: labels get what the longest needs, up to a third; bars get
 * what is left. */
static void
divide_width(struct sheet *s)
{
	const struct waterfall_view *v = s->view;
	size_t most = s->look->width / 3;
	size_t rest;

	for (size_t i = 0; i < v->len; i++)
		for (size_t j = 0; j < v->requests[i]->rows_len; j++) {
			size_t label = label_columns(v, i, j);
			size_t outcome =
			    outcome_columns(&v->requests[i]->rows[j]);

			s->label = label > s->label ? label : s->label;
			s->outcome =
			    outcome > s->outcome ? outcome : s->outcome;
		}
	if (most > LABEL_MOST)
		most = LABEL_MOST;
	if (most < LABEL_LEAST)
		most = LABEL_LEAST;
	s->label = s->label < most ? s->label : most;
	rest = s->label + s->outcome + TIME + 3 * GAP;
	s->bar = s->look->width > rest + BAR_LEAST ? s->look->width - rest
	                                           : BAR_LEAST;
}

/* Returns the phase that fills most of the time that column `cell` of the bar
 * stands for; PHASE_COUNT: the row has none there. */
static enum phase
phase_in_cell(
    const struct sheet *s, const struct waterfall_row *row, size_t cell)
{
	double unit =
	    (double)(s->view->to_us - s->view->from_us) / (double)s->bar;
	double from = (double)s->view->from_us + unit * (double)cell;
	double most = 0;
	enum phase phase = PHASE_COUNT;

	for (size_t i = 0; i < row->spans_len; i++) {
		double a = (double)row->spans[i].from_us;
		double b = (double)row->spans[i].to_us;
		double part =
		    (b < from + unit ? b : from + unit) - (a > from ? a : from);

		if (part > most) {
			most = part;
			phase = row->spans[i].phase;
		}
	}
	return phase;
}

/* Append one column of a bar. The colour is switched only where the phase
 * differs from that of the column before. */
static void
add_glyph(const struct sheet *s, enum phase phase, enum phase before)
{
	if (s->look->color && phase != before) {
		if (before != PHASE_COUNT)
			buf_adds(s->out, "\033[0m");
		if (phase != PHASE_COUNT)
			buf_addf(s->out, "\033[%sm", looks[phase].ansi);
	}
	if (phase == PHASE_COUNT) {
		buf_addc(s->out, ' ');
		return;
	}
	if (s->look->unicode)
		buf_adds(s->out, looks[phase].glyph);
	else
		buf_addc(s->out, looks[phase].ascii);
}

static void
add_row_bar(const struct sheet *s, const struct waterfall_row *row)
{
	enum phase before = PHASE_COUNT;

	for (size_t cell = 0; cell < s->bar; cell++) {
		enum phase phase = phase_in_cell(s, row, cell);

		add_glyph(s, phase, before);
		before = phase;
	}
	if (s->look->color && before != PHASE_COUNT)
		buf_adds(s->out, "\033[0m");
}

/* Append how long an exchange took, right-aligned. */
static void
add_time_column(const struct sheet *s, int64_t us)
{
	struct buf time;

	buf_init(&time);
	add_duration(&time, us);
	if (time.len < TIME)
		add_blanks(s->out, TIME - time.len);
	buf_adds(s->out, time.data);
	buf_release(&time);
}

/* Append how an exchange ended, in red if it failed. */
static void
add_outcome(const struct sheet *s, const struct waterfall_row *row)
{
	bool red = s->look->color && row->error != ERROR_NONE;
	struct buf outcome;

	buf_init(&outcome);
	buf_adds(&outcome, "");
	waterfall_add_outcome(&outcome, row);
	if (red)
		buf_adds(s->out, "\033[31m");
	add_field(s, &outcome, s->outcome);
	if (red)
		buf_adds(s->out, "\033[0m");
	buf_release(&outcome);
}

static void
add_row(const struct sheet *s, const struct waterfall_request *request,
    const struct waterfall_row *row)
{
	struct buf label;

	buf_init(&label);
	waterfall_add_label(&label, s->view, request, row);
	add_field(s, &label, s->label);
	buf_release(&label);
	add_blanks(s->out, GAP);
	add_outcome(s, row);
	add_blanks(s->out, GAP);
	add_row_bar(s, row);
	add_blanks(s->out, GAP);
	add_time_column(s,
	    row->spans_len
	        ? row->spans[row->spans_len - 1].to_us - row->spans[0].from_us
	        : 0);
	buf_addc(s->out, '\n');
}

/* Append the axis below the bars: "0      500 ms     1.00 s". A mark without
 * room is left out. */
static void
add_axis(const struct sheet *s)
{
	int64_t span = s->view->to_us - s->view->from_us;
	int64_t step = waterfall_step(span, (unsigned)(s->bar / MARK + 1));
	size_t at = 0;

	add_blanks(s->out, s->label + s->outcome + 2 * GAP);
	for (int64_t us = 0; us <= span; us += step) {
		size_t column =
		    (size_t)((double)us * (double)s->bar / (double)span);
		struct buf mark;

		buf_init(&mark);
		buf_adds(&mark, s->look->unicode ? "╵" : "'");
		if (us)
			add_duration(&mark, us);
		else
			buf_addc(&mark, '0');
		if (column >= at &&
		    column + term_width_of(mark.data, mark.len) <=
		        s->bar + GAP + TIME) {
			add_blanks(s->out, column - at);
			buf_add(s->out, mark.data, mark.len);
			at = column + term_width_of(mark.data, mark.len);
		}
		buf_release(&mark);
	}
	buf_addc(s->out, '\n');
}

/* Append the phases that occur, in as many lines as they need. */
static void
add_legend(const struct sheet *s)
{
	size_t used = 0;

	for (enum phase p = 0; p < PHASE_COUNT; p++) {
		size_t columns = 2 + strlen(phase_name(p));

		if (!s->view->has[p])
			continue;
		if (used && used + GAP + columns >= s->look->width) {
			buf_addc(s->out, '\n');
			used = 0;
		}
		add_blanks(s->out, used ? GAP : 0);
		add_glyph(s, p, PHASE_COUNT);
		if (s->look->color)
			buf_adds(s->out, "\033[0m");
		buf_addf(s->out, " %s", phase_name(p));
		used += columns + (used ? GAP : 0);
	}
	buf_addc(s->out, '\n');
}

/* Append "9 of 100 requests: the first and the slowest to https://example.org".
 */
static void
add_title(const struct sheet *s)
{
	const struct waterfall_view *v = s->view;
	struct buf title;

	buf_init(&title);
	if (v->len < v->total)
		buf_addf(&title,
		    "%zu of %" PRIu64 " requests: the first and the slowest",
		    v->len, v->total);
	else
		buf_addf(
		    &title, "%zu request%s", v->len, v->len == 1 ? "" : "s");
	if (v->one_origin) {
		buf_adds(&title, " to ");
		buf_add(&title, v->requests[0]->rows[0].url, v->origin_len);
	}
	utf8_add_safe(s->out, title.data, title.len);
	buf_addc(s->out, '\n');
	buf_release(&title);
}

void
waterfall_add_text(
    struct waterfall *w, const struct waterfall_look *look, struct buf *out)
{
	struct waterfall_view view = waterfall_view(w);
	struct sheet s = {.view = &view, .look = look, .out = out};

	if (!view.len)
		return;
	divide_width(&s);
	add_title(&s);
	for (size_t i = 0; i < view.len; i++)
		for (size_t j = 0; j < view.requests[i]->rows_len; j++)
			add_row(
			    &s, view.requests[i], &view.requests[i]->rows[j]);
	add_axis(&s);
	add_legend(&s);
}
