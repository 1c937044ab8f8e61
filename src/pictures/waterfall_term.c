/*
 * A waterfall as lines of text. The width is divided into label, outcome, bar
 * and time; a cell of the bar shows the phase that fills most of it. From top
 * to bottom: widths; rows; axis, legend and title.
 */
#include "config.h"

#include "pictures/waterfall.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "stats/show.h"
#include "text/term_width.h"

/* Columns. */
enum {
	WIDTH_LEAST = 20,
	LABEL_LEAST = 12,
	LABEL_MOST = 72,
	LABEL_NARROW = 8, /* where there is little room */
	OUTCOME_LEAST = 5,
	FLAG = 2, /* the mark of a failure before the outcome, and a blank */
	GAP = 2,  /* between two fields */
	BAR_LEAST = 10,
	MARK = 10 /* that a mark of the axis needs */
};

/* How a phase is drawn on a terminal. Each has a shape of its own, so colors
 * are not needed: waits are thin, what the network does is bold. */
static const struct {
	const char *glyph; /* one column of UTF-8 */
	char ascii;
	const char *ansi; /* parameters of SGR (ECMA-48, 8.3.117) */
} looks[PHASE_COUNT] = {
    [PHASE_BACKOFF] = {"~", '~', "35"},
    [PHASE_PLACE] = {"·", '.', "90"},
    [PHASE_HOST] = {":", ':', "90"},
    [PHASE_RATE] = {"┄", '-', "33"},
    [PHASE_HOLD] = {"○", 'o', "31"},
    [PHASE_DNS] = {"░", 'd', "36"},
    [PHASE_CONNECT] = {"▒", 'c', "33"},
    [PHASE_TLS] = {"▓", 't', "35"},
    [PHASE_SEND] = {"▸", '>', "37"},
    [PHASE_WAIT] = {"━", '=', "32"},
    [PHASE_RECEIVE] = {"█", '#', "34"},
};

/* Everything that the lines have in common: what is drawn, how, and the widths
 * of the fields in columns. */
struct sheet {
	const struct waterfall_group *group;
	const struct waterfall_view *views; /* of its parts */
	const struct waterfall_view *view;  /* of the part being drawn */
	const struct waterfall_look *look;
	size_t width; /* of all */
	size_t label;
	size_t outcome;
	size_t bar;
	size_t time; /* 0: there is no room for it */
	struct time_unit unit;
	bool drawn[PHASE_COUNT]; /* phases that fill a column somewhere */
	bool drawn_failed;       /* a row has the mark of a failure */
	struct buf *out;
};

static const char total_name[] = "wall clock";

static void
add_blanks(struct buf *out, size_t n)
{
	while (n--)
		buf_addc(out, ' ');
}

/* Append a safe text, cut in the middle or padded to `width` columns. */
static void
add_field(const struct sheet *s, const struct buf *text, size_t width)
{
	struct term_width_cut cut = {width, s->look->unicode ? "…" : "..."};
	size_t used =
	    term_width_add_middle(s->out, buf_text(text), text->len, &cut);

	add_blanks(s->out, width - used);
}

/* Begin or end what is red as it failed. */
static void
add_red(const struct sheet *s, const char *sgr)
{
	if (s->look->color)
		buf_adds(s->out, sgr);
}

/* --- the widths of the fields ------------------------------------------ */

static void
widen(size_t *width, size_t columns)
{
	if (columns > *width)
		*width = columns;
}

/* Make the fields as wide as row `j` of request `i` needs them. Its texts are
 * made only to be measured, and made again when the row is drawn. */
static void
measure_row(struct sheet *s, size_t i, size_t j)
{
	const struct waterfall_request *request = s->view->requests[i];
	const struct waterfall_row *row = &request->rows[j];
	struct buf text;

	buf_init(&text);
	waterfall_add_label(&text, s->view, request, row);
	widen(&s->label, term_width_of(text.data, text.len));
	buf_clear(&text);
	waterfall_add_outcome(&text, request, row);
	widen(&s->outcome, FLAG + text.len);
	buf_clear(&text);
	add_time(&text, (double)row->took_us / CLOCK_SECOND, s->unit, 0);
	widen(&s->time, text.len);
	buf_release(&text);
}

static size_t
within(size_t n, size_t least, size_t most)
{
	return n < least ? least : n > most ? most : n;
}

/* Returns how many columns are left for bars. */
static size_t
room_for_bars(const struct sheet *s)
{
	size_t taken = s->label + GAP + s->outcome + GAP;

	if (s->time)
		taken += GAP + s->time;
	return s->width > taken ? s->width - taken : 0;
}

/* Make the fields as wide as all rows of the current part need them. */
static void
measure_rows(struct sheet *s)
{
	for (size_t i = 0; i < s->view->len; i++)
		for (size_t j = 0; j < s->view->requests[i]->rows_len; j++)
			measure_row(s, i, j);
}

/* Make the fields as wide as what belongs to the names of the parts needs them.
 */
static void
measure_totals(struct sheet *s)
{
	int64_t us = waterfall_group_wall_us(s->group);
	struct buf text;

	if (!s->group->parts[0].name)
		return;
	buf_init(&text);
	add_time(&text, (double)us / CLOCK_SECOND, s->unit, 0);
	widen(&s->time, text.len);
	widen(&s->label, strlen(total_name));
	buf_release(&text);
}

/* Divide the width: labels get what the longest needs, up to a third; bars get
 * what is left. Where that is too little, labels become shorter, then times are
 * left out. */
static void
divide_width(struct sheet *s)
{
	size_t most = within(s->width / 3, LABEL_LEAST, LABEL_MOST);

	for (size_t i = 0; i < s->group->len; i++) {
		s->view = &s->views[i];
		measure_rows(s);
	}
	s->view = s->views;
	measure_totals(s);
	s->label = within(s->label, 1, most);
	s->outcome = within(s->outcome, 1,
	    s->width / 4 < OUTCOME_LEAST ? OUTCOME_LEAST : s->width / 4);
	if (room_for_bars(s) < BAR_LEAST)
		s->label = within(s->label, 1, LABEL_NARROW);
	if (room_for_bars(s) < BAR_LEAST)
		s->time = 0;
	s->bar = within(room_for_bars(s), 1, s->width);
}

/* --- rows ---------------------------------------------------------------- */

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
add_row_bar(struct sheet *s, const struct waterfall_row *row)
{
	enum phase before = PHASE_COUNT;

	for (size_t cell = 0; cell < s->bar; cell++) {
		enum phase phase = phase_in_cell(s, row, cell);

		if (phase != PHASE_COUNT)
			s->drawn[phase] = true;
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

	if (!s->time)
		return;
	buf_init(&time);
	add_time(&time, (double)us / CLOCK_SECOND, s->unit, 0);
	add_blanks(s->out, GAP + s->time - time.len);
	buf_adds(s->out, time.data);
	buf_release(&time);
}

/* Append what a row is called and how it ended, with a mark if it failed. */
static void
add_row_head(const struct sheet *s, const struct waterfall_request *request,
    const struct waterfall_row *row)
{
	const char *mark = "";
	struct buf text;

	if (waterfall_row_failed(request, row))
		mark = s->look->unicode ? "✗ " : "! ";
	buf_init(&text);
	waterfall_add_label(&text, s->view, request, row);
	add_field(s, &text, s->label);
	add_blanks(s->out, GAP);
	buf_clear(&text);
	buf_adds(&text, *mark ? mark : "  ");
	waterfall_add_outcome(&text, request, row);
	add_field(s, &text, s->outcome);
	add_blanks(s->out, GAP);
	buf_release(&text);
}

/* A row that failed is red but for its bar, whose colors have a meaning. */
static void
add_row(struct sheet *s, const struct waterfall_request *request,
    const struct waterfall_row *row)
{
	bool failed = waterfall_row_failed(request, row);

	if (failed)
		add_red(s, "\033[31m");
	add_row_head(s, request, row);
	if (failed)
		add_red(s, "\033[0m");
	add_row_bar(s, row);
	if (failed)
		add_red(s, "\033[31m");
	add_time_column(s, row->took_us);
	if (failed)
		add_red(s, "\033[0m");
	s->drawn_failed = s->drawn_failed || failed;
	buf_addc(s->out, '\n');
}

static void
add_request(struct sheet *s, const struct waterfall_request *request)
{
	for (size_t i = 0; i < request->rows_len; i++) {
		if (request->left_out && i == request->rows_len / 2)
			buf_addf(s->out, "  and %zu more\n", request->left_out);
		add_row(s, request, &request->rows[i]);
	}
}

/* --- around the rows ------------------------------------------------------ */

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
		add_round_duration(&mark, us);
		if (column >= at &&
		    column + term_width_of(mark.data, mark.len) <=
		        s->bar + (s->time ? GAP + s->time : 0)) {
			add_blanks(s->out, column - at);
			buf_add(s->out, mark.data, mark.len);
			at = column + term_width_of(mark.data, mark.len);
		}
		buf_release(&mark);
	}
	buf_addc(s->out, '\n');
}

/* Append one entry of the legend, which is `columns` wide with its glyph. */
static void
begin_entry(const struct sheet *s, size_t *used, size_t columns)
{
	if (*used && *used + GAP + columns > s->width) {
		buf_addc(s->out, '\n');
		*used = 0;
	}
	add_blanks(s->out, *used ? GAP : 0);
	*used += columns + (*used ? GAP : 0);
}

/* Append what is drawn, in as many lines as that needs. */
static void
add_legend(const struct sheet *s)
{
	size_t used = 0;

	for (enum phase p = 0; p < PHASE_COUNT; p++) {
		if (!s->drawn[p])
			continue;
		begin_entry(s, &used, 2 + strlen(phase_name(p)));
		add_glyph(s, p, PHASE_COUNT);
		if (s->look->color)
			buf_adds(s->out, "\033[0m");
		buf_addf(s->out, " %s", phase_name(p));
	}
	if (s->drawn_failed) {
		begin_entry(s, &used, strlen("! failed"));
		add_red(s, "\033[31m");
		buf_adds(s->out, s->look->unicode ? "✗ failed" : "! failed");
		add_red(s, "\033[0m");
	}
	buf_addc(s->out, '\n');
}

/* Append the title, and what the column of times at its right shows. */
static void
add_title(const struct sheet *s)
{
	static const char took[] = "took";
	size_t room = s->time ? s->width - strlen(took) - GAP : s->width;
	struct buf title;

	buf_init(&title);
	waterfall_add_title(&title, s->view);
	buf_adds(&title, s->group->title);
	if (s->time) {
		add_field(s, &title, room);
		add_blanks(s->out, GAP);
		buf_adds(s->out, took);
	} else {
		term_width_add_middle(s->out, title.data, title.len,
		    &(struct term_width_cut){
		        room, s->look->unicode ? "…" : "..."});
	}
	buf_addc(s->out, '\n');
	buf_release(&title);
}

/* --- parts ---------------------------------------------------------------- */

/* Append the name of a part and what it means, as a line. */
static void
add_name(const struct sheet *s, const struct waterfall_part *part)
{
	struct term_width_cut cut = {s->width, s->look->unicode ? "…" : "..."};
	struct buf text;

	buf_init(&text);
	buf_addf(&text, "%s: %s", part->name, part->meaning);
	buf_adds(s->out, s->look->color ? "\n\033[1m" : "\n");
	term_width_add_cut(s->out, text.data, text.len, &cut);
	buf_adds(s->out, s->look->color ? "\033[0m\n" : "\n");
	buf_release(&text);
}

/* Append how long the run of a part took: a line with ends, below its bars. */
static void
add_total(const struct sheet *s, const struct waterfall_part *part)
{
	double span = (double)(s->view->to_us - s->view->from_us);
	size_t cells =
	    (size_t)((double)part->wall_us * (double)s->bar / span + 0.5);
	bool unicode = s->look->unicode;
	struct buf name;

	buf_init(&name);
	buf_adds(&name, s->label < strlen(total_name) ? "wall" : total_name);
	add_field(s, &name, s->label);
	add_blanks(s->out, GAP + s->outcome + GAP);
	cells = within(cells, 1, s->bar);
	buf_adds(s->out, unicode ? "├" : "|");
	for (size_t i = 2; i < cells; i++)
		buf_adds(s->out, unicode ? "─" : "-");
	if (cells > 1)
		buf_adds(s->out, unicode ? "┤" : "|");
	add_blanks(s->out, s->bar - cells);
	add_time_column(s, part->wall_us);
	buf_addc(s->out, '\n');
	buf_release(&name);
}

static void
add_part(struct sheet *s, size_t i)
{
	const struct waterfall_part *part = &s->group->parts[i];

	s->view = &s->views[i];
	if (part->name)
		add_name(s, part);
	for (size_t j = 0; j < s->view->len; j++)
		add_request(s, s->view->requests[j]);
	if (part->name)
		add_total(s, part);
}

static void
add_parts(struct sheet *s)
{
	if (s->views->to_us <= s->views->from_us)
		return;
	divide_width(s);
	add_title(s);
	for (size_t i = 0; i < s->group->len; i++)
		add_part(s, i);
	add_axis(s);
	add_legend(s);
}

void
waterfall_group_add_text(const struct waterfall_group *group,
    const struct waterfall_look *look, struct buf *out)
{
	struct waterfall_view *views = waterfall_group_views(group);
	struct sheet s = {
	    .group = group,
	    .views = views,
	    .view = views,
	    .look = look,
	    .width = look->width < WIDTH_LEAST ? WIDTH_LEAST : look->width,
	    .unit = waterfall_unit(
	        views, group->len, waterfall_group_wall_us(group)),
	    .out = out,
	};

	add_parts(&s);
	free(views);
}

void
waterfall_add_text(
    struct waterfall *w, const struct waterfall_look *look, struct buf *out)
{
	struct waterfall_part part = {.waterfall = w};
	struct waterfall_group group = {&part, 1, ""};

	waterfall_group_add_text(&group, look, out);
}
