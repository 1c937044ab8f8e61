/*
 * A waterfall as SVG, from its head to its rows. Each bar has a tooltip with
 * the URL and the phases. Everything from outside passes page_add_text().
 */
#include "config.h"

#include "pictures/waterfall.h"

#include <inttypes.h>
#include <string.h>

#include "pictures/page.h"
#include "stats/show.h"
#include "text/term_width.h"

/* Pixels. */
enum {
	WIDTH = 960,
	MARGIN = 16,
	LINE = 20,
	BAR_HEIGHT = 12,
	LABEL_X = MARGIN,
	LABEL_COLUMNS = 36,
	OUTCOME_X = 282,
	BAR_X = 350,
	BAR_WIDTH = 520,
	TIME_X = WIDTH - MARGIN,
	LEGEND_STEP = 102, /* from one entry to the next */
	LEGEND_IN_LINE = (WIDTH - 2 * MARGIN) / LEGEND_STEP,
	MARKS = 6 /* on the axis, at most one more */
};

struct picture {
	const struct waterfall_view *view;
	struct buf *out;
	unsigned y; /* where the next line begins */
};

/* Returns where the moment `us` lies on the axis. */
static double
x_of(const struct picture *p, int64_t us)
{
	double span = (double)(p->view->to_us - p->view->from_us);

	return page_scale(
	    BAR_X, BAR_WIDTH, (double)(us - p->view->from_us), span);
}

static size_t
count_rows(const struct waterfall_view *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->len; i++)
		n += v->requests[i]->rows_len;
	return n;
}

/* Returns how many lines the legend takes. */
static unsigned
legend_lines(const struct waterfall_view *v)
{
	unsigned n = 0;

	for (enum phase p = 0; p < PHASE_COUNT; p++)
		n += v->has[p];
	return (n + LEGEND_IN_LINE - 1) / LEGEND_IN_LINE;
}

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
	const struct waterfall_view *v = p->view;
	struct buf origin;

	buf_addf(
	    p->out, "<text x=\"%d\" y=\"%u\">%zu", MARGIN, p->y + 14, v->len);
	if (v->len < v->total)
		buf_addf(p->out,
		    " of %" PRIu64 " requests: the first and the slowest",
		    v->total);
	else
		buf_adds(p->out, v->len == 1 ? " request" : " requests");
	if (v->one_origin) {
		buf_init(&origin);
		buf_add(&origin, v->requests[0]->rows[0].url, v->origin_len);
		buf_addc(&origin, '\0');
		buf_adds(p->out, " to ");
		page_add_text(p->out, origin.data);
		buf_release(&origin);
	}
	buf_adds(p->out, "</text>\n");
	p->y += LINE;
}

/* Append the phases that occur, each with its colour and, as a tooltip, its
 * meaning. */
static void
add_legend(struct picture *p)
{
	unsigned n = 0;

	for (enum phase i = 0; i < PHASE_COUNT; i++) {
		unsigned x = MARGIN + n % LEGEND_IN_LINE * LEGEND_STEP;
		unsigned y = p->y + n / LEGEND_IN_LINE * LINE;

		if (!p->view->has[i])
			continue;
		buf_addf(p->out,
		    "<rect class=\"p%d\" x=\"%u\" y=\"%u\" width=\"12\" "
		    "height=\"12\"/><text class=\"dim\" x=\"%u\" y=\"%u\">"
		    "%s<title>%s</title></text>\n",
		    (int)i, x, y + 4, x + 17, y + 14, phase_name(i),
		    phase_meaning(i));
		n++;
	}
	p->y += legend_lines(p->view) * LINE;
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
		add_duration(&mark, us);
		buf_addf(p->out,
		    "<text class=\"dim\" x=\"%.1f\" y=\"%u\">%s</text>"
		    "<path class=\"grid\" d=\"M%.1f %uV%u\"/>\n",
		    x + 3, p->y + 14, us ? mark.data : "0", x, p->y + 3,
		    height - MARGIN / 2);
		buf_release(&mark);
	}
	p->y += LINE;
}

/* Append a rectangle for each phase; the shortest ones are widened to be seen.
 */
static void
add_spans(const struct picture *p, const struct waterfall_row *row)
{
	for (size_t i = 0; i < row->spans_len; i++) {
		const struct span *s = &row->spans[i];
		double x = x_of(p, s->from_us);
		double width = x_of(p, s->to_us) - x;

		buf_addf(p->out,
		    "<rect class=\"p%d\" x=\"%.2f\" y=\"%u\" width=\"%.2f\" "
		    "height=\"%d\"/>",
		    (int)s->phase, x, p->y + 4, width < 0.3 ? 0.3 : width,
		    BAR_HEIGHT);
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

/* Append the label of a row, cut to its column. */
static void
add_label(const struct picture *p, const struct waterfall_request *request,
    const struct waterfall_row *row)
{
	static const struct term_width_cut cut = {LABEL_COLUMNS, "…"};
	struct buf label, shown;

	buf_init(&label);
	buf_init(&shown);
	waterfall_add_label(&label, p->view, request, row);
	term_width_add_cut(&shown, label.data, label.len, &cut);
	buf_addf(p->out, "<text x=\"%d\" y=\"%u\">", LABEL_X, p->y + 14);
	page_add_text(p->out, shown.data);
	buf_adds(p->out, "</text>");
	buf_release(&label);
	buf_release(&shown);
}

static void
add_row(struct picture *p, const struct waterfall_request *request,
    const struct waterfall_row *row)
{
	int64_t took = row->spans_len ? row->spans[row->spans_len - 1].to_us -
	                                    row->spans[0].from_us
	                              : 0;

	buf_adds(p->out, "<g>");
	add_tip(p, row);
	add_label(p, request, row);
	buf_addf(p->out, "<text class=\"%s\" x=\"%d\" y=\"%u\">",
	    row->error == ERROR_NONE ? "dim" : "bad", OUTCOME_X, p->y + 14);
	waterfall_add_outcome(p->out, row);
	buf_adds(p->out, "</text>");
	add_spans(p, row);
	buf_addf(p->out, "<text class=\"dim end\" x=\"%d\" y=\"%u\">", TIME_X,
	    p->y + 14);
	add_duration(p->out, took);
	buf_adds(p->out, "</text></g>\n");
	p->y += LINE;
}

/* The height stands in the head, so the lines are counted before they are
 * drawn. */
static void
draw(struct waterfall *w, enum setting setting, struct buf *out)
{
	struct waterfall_view view = waterfall_view(w);
	struct picture p = {.view = &view, .out = out, .y = MARGIN / 2};
	unsigned lines = (unsigned)count_rows(&view) + legend_lines(&view) + 2;
	unsigned height = MARGIN + lines * LINE;

	add_head(&p, height, setting);
	add_title(&p);
	if (view.len) {
		add_legend(&p);
		add_axis(&p, height);
	}
	for (size_t i = 0; i < view.len; i++)
		for (size_t j = 0; j < view.requests[i]->rows_len; j++)
			add_row(
			    &p, view.requests[i], &view.requests[i]->rows[j]);
	buf_adds(out, "</svg>\n");
}

void
waterfall_add_svg(struct waterfall *w, struct buf *out)
{
	draw(w, ALONE, out);
}

void
waterfall_add_drawing(struct waterfall *w, struct buf *out)
{
	draw(w, IN_PAGE, out);
}
