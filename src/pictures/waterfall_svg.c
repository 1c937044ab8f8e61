/*
 * A waterfall as SVG, from its widths over its head to its rows. Each row has a
 * tooltip with the URL and the phases. Everything from outside passes
 * page_add_text().
 */
#include "config.h"

#include "pictures/waterfall.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "pictures/page.h"
#include "stats/show.h"
#include "text/term_width.h"

/* Pixels, unless said otherwise. */
enum {
	WIDTH = 900, /* scaled to 800, text is still 11 pixels high */
	MARGIN = 16,
	GAP = 14, /* between two fields */
	LINE = 22,
	BASELINE = 15,      /* of text, below the top of its line */
	LABEL_COLUMNS = 40, /* of text, at most */
	PAGE_COLUMNS = 30,  /* the same in a page, which may be on a phone */
	BAR_TOP = 4,        /* below the top of a line */
	SWATCH = 18,        /* an entry of the legend begins with it */
	APART = 10,         /* above the name of a part */
	MARKS = 6           /* on the axis, at most one more */
};

static const double column = 7.85;     /* of text */
static const double least_drawn = 0.8; /* a shorter phase is not seen */

struct picture {
	const struct waterfall_group *group;
	const struct waterfall_view *views; /* of its parts */
	const struct waterfall_view *view;  /* of the part being drawn */
	struct buf *out;
	unsigned y; /* where the next line begins */
	struct time_unit unit;
	size_t label_columns; /* of text, at most */
	/* Where the fields begin, and how wide bars are. */
	size_t columns[3]; /* of text: labels, outcomes, times */
	int outcome_x;
	int bar_x;
	int bar_width;
	bool drawn[PHASE_COUNT]; /* phases that are seen somewhere */
	bool explains;           /* the legend does */
	unsigned legend_lines;
};

static const char total_name[] = "wall clock";

/* Do the parts have names, and what belongs to them? */
static bool
is_named(const struct picture *p)
{
	return p->group->parts[0].name != NULL;
}

/* Returns where the moment `us` lies on the axis. */
static double
x_of(const struct picture *p, int64_t us)
{
	double span = (double)(p->view->to_us - p->view->from_us);

	return page_scale(
	    p->bar_x, p->bar_width, (double)(us - p->view->from_us), span);
}

/* --- widths, and what will be drawn -------------------------------------- */

/* Returns the pixels that text of so many columns takes. */
static int
text_width(size_t columns)
{
	return (int)(column * (double)columns) + 1;
}

/* Widen the columns of text that labels, outcomes and times take by a row. */
static void
measure_row(struct picture *p, const struct waterfall_request *request,
    const struct waterfall_row *row)
{
	struct buf texts[3];

	for (size_t i = 0; i < 3; i++)
		buf_init(&texts[i]);
	waterfall_add_label(&texts[0], p->view, request, row);
	buf_adds(&texts[1], "  ");
	waterfall_add_outcome(&texts[1], request, row);
	add_time(&texts[2], (double)row->took_us / CLOCK_SECOND, p->unit, 0);
	for (size_t i = 0; i < 3; i++) {
		size_t n = term_width_of(texts[i].data, texts[i].len);

		p->columns[i] = n > p->columns[i] ? n : p->columns[i];
		buf_release(&texts[i]);
	}
}

/* Call `visit` for each row of the picture, with its view as p->view. */
static void
each_row(struct picture *p,
    void (*visit)(struct picture *, const struct waterfall_request *,
        const struct waterfall_row *))
{
	for (size_t part = 0; part < p->group->len; part++) {
		const struct waterfall_view *v = p->view = &p->views[part];

		for (size_t i = 0; i < v->len; i++)
			for (size_t j = 0; j < v->requests[i]->rows_len; j++)
				visit(p, v->requests[i],
				    &v->requests[i]->rows[j]);
	}
	p->view = p->views;
}

/* Append the time that a run took, in the unit of all times. */
static void
add_wall(const struct picture *p, int64_t us, struct buf *out)
{
	add_time(out, (double)us / CLOCK_SECOND, p->unit, 0);
}

/* Divide the width: labels, outcomes and times get what the longest needs, bars
 * the rest. */
static void
divide_width(struct picture *p)
{
	struct buf wall;

	buf_init(&wall);
	add_wall(p, waterfall_group_wall_us(p->group), &wall);
	p->columns[2] = wall.len;
	buf_release(&wall);
	if (is_named(p))
		p->columns[0] = strlen(total_name);
	each_row(p, measure_row);
	if (p->columns[0] > p->label_columns)
		p->columns[0] = p->label_columns;
	p->outcome_x = MARGIN + text_width(p->columns[0]) + GAP;
	p->bar_x = p->outcome_x + text_width(p->columns[1]) + GAP;
	p->bar_width =
	    WIDTH - MARGIN - text_width(p->columns[2]) - GAP - p->bar_x;
}

/* Returns the span of a row that lasts longest; NULL: it has none. */
static const struct span *
longest_span(const struct waterfall_row *row)
{
	const struct span *longest = NULL;

	for (size_t i = 0; i < row->spans_len; i++) {
		const struct span *s = &row->spans[i];

		if (!longest ||
		    s->to_us - s->from_us > longest->to_us - longest->from_us)
			longest = s;
	}
	return longest;
}

/* Returns how wide a span of a row is drawn; 0: it would not be seen. Of each
 * row the longest span is. */
static double
span_width(const struct picture *p, const struct waterfall_row *row,
    const struct span *s)
{
	double width = x_of(p, s->to_us) - x_of(p, s->from_us);

	if (width >= least_drawn)
		return width;
	return s == longest_span(row) ? 1 : 0;
}

/* Note which phases are drawn. */
static void
note_drawn(struct picture *p, const struct waterfall_request *request,
    const struct waterfall_row *row)
{
	(void)request;
	for (size_t i = 0; i < row->spans_len; i++)
		if (span_width(p, row, &row->spans[i]) > 0)
			p->drawn[row->spans[i].phase] = true;
}

/* Returns what the legend calls a phase. */
static const char *
legend_text(const struct picture *p, enum phase phase)
{
	return p->explains ? phase_meaning(phase) : phase_name(phase);
}

/* Returns the pixels that an entry of the legend takes. */
static unsigned
legend_step(const struct picture *p, enum phase phase)
{
	size_t columns = strlen(legend_text(p, phase));

	return SWATCH + (unsigned)text_width(columns) + GAP;
}

/* A comparison is shown to people who do not know our words: its legend
 * explains them, if that fits into a line. */
static void
choose_words(struct picture *p)
{
	unsigned x = MARGIN;

	p->explains = is_named(p);
	for (enum phase i = 0; i < PHASE_COUNT; i++)
		x += p->drawn[i] ? legend_step(p, i) : 0;
	p->explains = p->explains && x <= WIDTH - MARGIN;
}

/* Find out which phases are drawn, and how many lines the legend takes. */
static void
measure_legend(struct picture *p)
{
	unsigned x = MARGIN;

	each_row(p, note_drawn);
	choose_words(p);
	p->legend_lines = 1;
	for (enum phase i = 0; i < PHASE_COUNT; i++) {
		if (!p->drawn[i])
			continue;
		if (x + legend_step(p, i) > WIDTH - MARGIN) {
			x = MARGIN;
			p->legend_lines++;
		}
		x += legend_step(p, i);
	}
}

/* Returns the lines that the rows take. */
static size_t
count_rows(const struct waterfall_view *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->len; i++)
		n += v->requests[i]->rows_len + (v->requests[i]->left_out > 0);
	return n;
}

/* Returns the height of the picture. */
static unsigned
height_of(const struct picture *p)
{
	unsigned lines = p->legend_lines + 2;
	unsigned apart = 0;

	for (size_t i = 0; i < p->group->len; i++)
		lines += (unsigned)count_rows(&p->views[i]);
	if (is_named(p)) {
		lines += 2 * (unsigned)p->group->len;
		apart = APART * (unsigned)p->group->len;
	}
	return MARGIN + lines * LINE + apart;
}

/* --- around the rows ------------------------------------------------------ */

/* Where the picture stands. */
enum setting {
	ALONE,  /* in a file of its own: it brings its style */
	IN_PAGE /* in a page, which has the style */
};

static void
add_head(const struct picture *p, unsigned height, enum setting setting)
{
	buf_addf(p->out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"waterfall\" "
	    "xml:space=\"preserve\" "
	    "viewBox=\"0 0 %d %u\" width=\"%d\" height=\"%u\" "
	    "role=\"img\">\n"
	    "<title>Waterfall of the requests</title>\n",
	    WIDTH, height, WIDTH, height);
	if (setting == ALONE) {
		buf_adds(p->out, "<style>\n");
		page_add_waterfall_style(p->out);
		buf_adds(p->out, "</style>\n");
	}
	buf_addf(p->out,
	    "<rect class=\"ground\" width=\"%d\" height=\"%u\"/>\n", WIDTH,
	    height);
}

static void
add_title(struct picture *p)
{
	struct buf title;

	buf_init(&title);
	waterfall_add_title(&title, p->view);
	buf_adds(&title, p->group->title);
	buf_addf(p->out, "<text x=\"%d\" y=\"%u\">", MARGIN, p->y + BASELINE);
	page_add_text(p->out, title.data);
	buf_addf(p->out,
	    "</text><text class=\"dim end\" x=\"%d\" y=\"%u\">took</text>\n",
	    WIDTH - MARGIN, p->y + BASELINE);
	buf_release(&title);
	p->y += LINE;
}

/* Append the phases that are drawn, each as it is and, as a tooltip, with its
 * meaning. */
static void
add_legend(struct picture *p)
{
	unsigned x = MARGIN;

	for (enum phase i = 0; i < PHASE_COUNT; i++) {
		if (!p->drawn[i])
			continue;
		if (x + legend_step(p, i) > WIDTH - MARGIN) {
			x = MARGIN;
			p->y += LINE;
		}
		waterfall_add_span(p->out, i,
		    &(struct waterfall_place){x, 12, p->y + BAR_TOP});
		buf_addf(p->out,
		    "<text class=\"dim\" x=\"%u\" y=\"%u\">"
		    "%s<title>%s</title></text>\n",
		    x + SWATCH, p->y + BASELINE, legend_text(p, i),
		    phase_meaning(i));
		x += legend_step(p, i);
	}
	p->y += LINE;
}

/* Append the marks of time, and at each a line through all rows. */
static void
add_axis(struct picture *p, unsigned height)
{
	int64_t span = p->view->to_us - p->view->from_us;
	int64_t step = waterfall_step(span, MARKS);

	for (int64_t us = 0; us <= span; us += step) {
		double x = x_of(p, p->view->from_us + us);
		struct buf mark;

		buf_init(&mark);
		add_round_duration(&mark, us);
		buf_addf(p->out,
		    "<text class=\"dim\" x=\"%.1f\" y=\"%u\">%s</text>"
		    "<path class=\"grid\" d=\"M%.1f %uV%u\"/>\n",
		    x + 4, p->y + BASELINE, mark.data, x, p->y + 3,
		    height - MARGIN / 2);
		buf_release(&mark);
	}
	p->y += LINE;
}

/* --- rows ----------------------------------------------------------------- */

/* Waits are thin lines, which have patterns of their own, setting up a
 * connection is low, and what the server does is high: shapes that differ where
 * colors do not. */
void
waterfall_add_span(
    struct buf *out, enum phase phase, const struct waterfall_place *at)
{
	bool low = phase < PHASE_WAIT;

	if (phase < PHASE_DNS)
		buf_addf(out,
		    "<line class=\"p%d\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%u\" "
		    "y2=\"%u\"/>",
		    (int)phase, at->x, at->x + at->width,
		    at->y + WATERFALL_BAR / 2, at->y + WATERFALL_BAR / 2);
	else
		buf_addf(out,
		    "<rect class=\"p%d\" x=\"%.1f\" y=\"%u\" width=\"%.1f\" "
		    "height=\"%d\"/>",
		    (int)phase, at->x, at->y + (low ? 3 : 0), at->width,
		    low ? WATERFALL_BAR - 6 : WATERFALL_BAR);
}

/* Append the phases that are long enough to be seen. */
static void
add_spans(const struct picture *p, const struct waterfall_row *row)
{
	for (size_t i = 0; i < row->spans_len; i++) {
		const struct span *s = &row->spans[i];
		double width = span_width(p, row, s);

		if (width > 0)
			waterfall_add_span(p->out, s->phase,
			    &(struct waterfall_place){
			        x_of(p, s->from_us), width, p->y + BAR_TOP});
	}
}

/* Append the tooltip of a row. */
static void
add_tip(const struct picture *p, const struct waterfall_row *row)
{
	buf_adds(p->out, "<title>");
	page_add_text(p->out, row->url);
	for (size_t i = 0; i < row->spans_len; i++) {
		const struct span *s = &row->spans[i];

		buf_addf(p->out, "\n%s ", phase_name(s->phase));
		add_duration(p->out, s->to_us - s->from_us);
	}
	if (row->reused)
		buf_adds(p->out, "\nconnection reused");
	buf_adds(p->out, "</title>");
}

/* Append the label of a row, cut to its columns. */
static void
add_label(const struct picture *p, const struct waterfall_request *request,
    const struct waterfall_row *row)
{
	struct term_width_cut cut = {p->label_columns, "…"};
	struct buf label, shown;

	buf_init(&label);
	buf_init(&shown);
	waterfall_add_label(&label, p->view, request, row);
	term_width_add_middle(&shown, label.data, label.len, &cut);
	buf_addf(p->out, "<text x=\"%d\" y=\"%u\"%s>", MARGIN, p->y + BASELINE,
	    waterfall_row_failed(request, row) ? " class=\"bad\"" : "");
	page_add_text(p->out, shown.data);
	buf_adds(p->out, "</text>");
	buf_release(&label);
	buf_release(&shown);
}

static void
add_outcome(const struct picture *p, const struct waterfall_request *request,
    const struct waterfall_row *row)
{
	bool failed = waterfall_row_failed(request, row);

	/* The mark stands apart, so that outcomes are below each other. */
	if (failed)
		buf_addf(p->out,
		    "<text class=\"bad\" x=\"%d\" y=\"%u\">✗</text>",
		    p->outcome_x, p->y + BASELINE);
	buf_addf(p->out, "<text class=\"%s\" x=\"%d\" y=\"%u\">",
	    failed ? "bad" : "dim", p->outcome_x + text_width(2),
	    p->y + BASELINE);
	waterfall_add_outcome(p->out, request, row);
	buf_adds(p->out, "</text>");
}

static void
add_row(struct picture *p, const struct waterfall_request *request,
    const struct waterfall_row *row)
{
	buf_adds(p->out, "<g>");
	add_tip(p, row);
	add_label(p, request, row);
	add_outcome(p, request, row);
	add_spans(p, row);
	buf_addf(p->out, "<text class=\"dim end\" x=\"%d\" y=\"%u\">",
	    WIDTH - MARGIN, p->y + BASELINE);
	add_time(p->out, (double)row->took_us / CLOCK_SECOND, p->unit, 0);
	buf_adds(p->out, "</text></g>\n");
	p->y += LINE;
}

static void
add_request(struct picture *p, const struct waterfall_request *request)
{
	for (size_t i = 0; i < request->rows_len; i++) {
		if (request->left_out && i == request->rows_len / 2) {
			buf_addf(p->out,
			    "<text class=\"dim\" x=\"%d\" y=\"%u\">and %zu "
			    "more</text>\n",
			    MARGIN + text_width(2), p->y + BASELINE,
			    request->left_out);
			p->y += LINE;
		}
		add_row(p, request, &request->rows[i]);
	}
}

/* --- parts ---------------------------------------------------------------- */

static void
add_name(struct picture *p, const struct waterfall_part *part)
{
	p->y += APART;
	buf_addf(p->out,
	    "<text class=\"over\" x=\"%d\" y=\"%u\"><tspan class=\"name\">",
	    MARGIN, p->y + BASELINE);
	page_add_text(p->out, part->name);
	buf_adds(p->out, "</tspan><tspan class=\"dim\">: ");
	page_add_text(p->out, part->meaning);
	buf_adds(p->out, "</tspan></text>\n");
	p->y += LINE;
}

/* Append the time that the run of a part took, as a line with ends. */
static void
add_total(struct picture *p, const struct waterfall_part *part)
{
	unsigned y = p->y + LINE / 2;

	buf_addf(p->out,
	    "<text class=\"name\" x=\"%d\" y=\"%u\">%s</text>"
	    "<path class=\"total\" d=\"M%d %uH%.1fM%d %uv8M%.1f %uv8\"/>"
	    "<text class=\"name end\" x=\"%d\" y=\"%u\">",
	    MARGIN, p->y + BASELINE, total_name, p->bar_x, y,
	    x_of(p, part->wall_us), p->bar_x, y - 4, x_of(p, part->wall_us),
	    y - 4, WIDTH - MARGIN, p->y + BASELINE);
	add_wall(p, part->wall_us, p->out);
	buf_adds(p->out, "</text>\n");
	p->y += LINE;
}

static void
add_part(struct picture *p, size_t i)
{
	const struct waterfall_part *part = &p->group->parts[i];

	p->view = &p->views[i];
	if (part->name)
		add_name(p, part);
	for (size_t j = 0; j < p->view->len; j++)
		add_request(p, p->view->requests[j]);
	if (part->name)
		add_total(p, part);
}

static void
draw_group(struct picture *p, enum setting setting)
{
	bool is_empty = p->views->to_us <= p->views->from_us;
	unsigned height;

	if (!is_empty) {
		divide_width(p);
		measure_legend(p);
	}
	height = height_of(p);
	add_head(p, height, setting);
	add_title(p);
	if (!is_empty) {
		add_legend(p);
		add_axis(p, height);
	}
	for (size_t i = 0; i < p->group->len; i++)
		add_part(p, i);
	buf_adds(p->out, "</svg>\n");
}

/* The height stands in the head, so the lines are counted before they are
 * drawn. */
static void
draw(const struct waterfall_group *group, enum setting setting, struct buf *out)
{
	struct waterfall_view *views = waterfall_group_views(group);
	struct picture p = {
	    .group = group,
	    .views = views,
	    .view = views,
	    .out = out,
	    .y = MARGIN / 2,
	    .label_columns = setting == ALONE ? LABEL_COLUMNS : PAGE_COLUMNS,
	    .unit = waterfall_unit(
	        views, group->len, waterfall_group_wall_us(group)),
	};

	draw_group(&p, setting);
	free(views);
}

static void
draw_one(struct waterfall *w, enum setting setting, struct buf *out)
{
	struct waterfall_part part = {.waterfall = w};
	struct waterfall_group group = {&part, 1, ""};

	draw(&group, setting, out);
}

void
waterfall_group_add_svg(const struct waterfall_group *group, struct buf *out)
{
	draw(group, ALONE, out);
}

void
waterfall_group_add_drawing(
    const struct waterfall_group *group, struct buf *out)
{
	draw(group, IN_PAGE, out);
}

void
waterfall_add_svg(struct waterfall *w, struct buf *out)
{
	draw_one(w, ALONE, out);
}

void
waterfall_add_drawing(struct waterfall *w, struct buf *out)
{
	draw_one(w, IN_PAGE, out);
}
