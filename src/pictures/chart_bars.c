/*
 * Bars, from the axis, which has marks below all bars and lines through them,
 * to the bars, each with its interval, its dots and its texts.
 */
#include "config.h"

#include <math.h>

#include "pictures/chart.h"
#include "pictures/page.h"
#include "stats/decade.h"

/* Pixels. */
enum {
	WIDTH = 860,
	LABEL_X = 112, /* where labels end */
	PLOT_X = 124,  /* where bars begin */
	PLOT_WIDTH = 500,
	TEXT_GAP = 12, /* between a bar and its texts */
	TOP = 28,      /* above the first bar */
	LINE = 46,     /* from one bar to the next */
	BAR_HEIGHT = 22,
	CAP = 7,     /* half of the height of the ends of an interval */
	AXIS = 34,   /* below the last bar */
	BASELINE = 5 /* of text, below the middle of its line */
};

enum {
	MARKS = 6 /* on the axis */
};

double
chart_step(double most, unsigned marks)
{
	static const double factors[] = {1, 2, 5, 10};
	double decade = power_of_ten((int)floor(decades_of(most / marks)));
	size_t i = 0;

	while (i < 3 && decade * factors[i] * marks < most * (1 - 1e-9))
		i++;
	return decade * factors[i];
}

struct picture {
	const struct chart_bars *bars;
	struct buf *out;
	double most; /* at the end of the axis */
	double step; /* between two marks of it */
	unsigned height;
};

static double
x_of(const struct picture *p, double value)
{
	return page_scale(PLOT_X, PLOT_WIDTH, value, p->most);
}

/* Returns the largest value that a bar shows. */
static double
reach_of(const struct chart_bar *bar)
{
	double most = bar->value.value;

	if (bar->value.high > most)
		most = bar->value.high;
	for (size_t i = 0; i < bar->dots_len; i++)
		if (bar->dots[i] > most)
			most = bar->dots[i];
	return most;
}

static void
measure(struct picture *p)
{
	double most = p->bars->mark;

	for (size_t i = 0; i < p->bars->len; i++) {
		double reach = reach_of(&p->bars->bars[i]);

		if (reach > most)
			most = reach;
	}
	p->step =
	    chart_step(most / p->bars->unit_size, MARKS) * p->bars->unit_size;
	p->most = ceil(most / p->step - 1e-9) * p->step;
	p->height = (unsigned)(TOP + p->bars->len * LINE + AXIS);
}

/* Append the marks of the axis and a line at each, the unit at the last. */
static void
add_axis(const struct picture *p)
{
	unsigned bottom = p->height - AXIS;
	int last = (int)(p->most / p->step + 0.5);

	for (int i = 0; i <= last; i++) {
		double x = x_of(p, i * p->step);

		buf_addf(p->out,
		    "<path class=\"%s\" d=\"M%.1f %dV%u\"/>"
		    "<text class=\"dim middle\" x=\"%.1f\" y=\"%u\">%.6g%s%s"
		    "</text>\n",
		    i ? "grid" : "axis", x, TOP - 4, bottom, x, bottom + 18,
		    i * p->step / p->bars->unit_size, i == last ? " " : "",
		    i == last ? p->bars->unit : "");
	}
}

/* Append the line through all bars. Its label is on the side that has room. */
static void
add_mark(const struct picture *p)
{
	double x = x_of(p, p->bars->mark);
	bool at_end = x > PLOT_X + PLOT_WIDTH / 2.0;

	if (p->bars->mark <= 0)
		return;
	buf_addf(p->out,
	    "<path class=\"bound\" d=\"M%.1f %dV%u\"/>"
	    "<text class=\"dim%s\" x=\"%.1f\" y=\"%d\">",
	    x, TOP - 14, p->height - AXIS, at_end ? " end" : "",
	    at_end ? x - 6 : x + 6, TOP - 10);
	page_add_text(p->out, p->bars->mark_label);
	buf_adds(p->out, "</text>\n");
}

static void
add_interval(const struct picture *p, const struct chart_value *v, double y)
{
	double low = x_of(p, v->low), high = x_of(p, v->high);

	if (isnan(v->low))
		return;
	buf_addf(p->out,
	    "<path class=\"interval\" d=\"M%.1f %.1fH%.1fM%.1f %.1fv%dM%.1f "
	    "%.1fv%d\"/>\n",
	    low, y, high, low, y - CAP, 2 * CAP, high, y - CAP, 2 * CAP);
}

/* Append the dots a little below the interval, so that both are seen. */
static void
add_dots(const struct picture *p, const struct chart_bar *bar, double y)
{
	for (size_t i = 0; i < bar->dots_len; i++)
		buf_addf(p->out,
		    "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"/>",
		    x_of(p, bar->dots[i]), y + BAR_HEIGHT / 2.0 + 5);
	buf_addc(p->out, '\n');
}

static void
add_texts(const struct picture *p, const struct chart_bar *bar, double y)
{
	buf_addf(p->out, "<text class=\"end name\" x=\"%d\" y=\"%.1f\">",
	    LABEL_X, y + BASELINE);
	page_add_text(p->out, bar->label);
	buf_addf(p->out,
	    "</text><text x=\"%.1f\" y=\"%.1f\"><tspan class=\"name\">",
	    x_of(p, reach_of(bar)) + TEXT_GAP, y + BASELINE);
	page_add_text(p->out, bar->text);
	buf_adds(p->out, "</tspan><tspan class=\"dim\" dx=\"8\">");
	page_add_text(p->out, bar->note);
	buf_adds(p->out, "</tspan></text>\n");
}

static void
add_bar(const struct picture *p, size_t i)
{
	const struct chart_bar *bar = &p->bars->bars[i];
	double y = TOP + (double)i * LINE + LINE / 2.0 - 4;
	double width = x_of(p, bar->value.value) - PLOT_X;

	buf_addf(p->out,
	    "<rect class=\"%s\" x=\"%d\" y=\"%.1f\" width=\"%.1f\" "
	    "height=\"%d\" rx=\"2\"/>\n",
	    bar->best ? "best" : "bar", PLOT_X, y - BAR_HEIGHT / 2.0,
	    width < 1 ? 1 : width, BAR_HEIGHT);
	add_interval(p, &bar->value, y);
	add_dots(p, bar, y);
	add_texts(p, bar, y);
}

void
chart_add_bars(const struct chart_bars *bars, struct buf *out)
{
	struct picture p = {.bars = bars, .out = out};

	measure(&p);
	buf_addf(out,
	    "<svg class=\"chart\" viewBox=\"0 0 %d %u\" role=\"img\"><title>",
	    WIDTH, p.height);
	page_add_text(out, bars->title);
	buf_adds(out, "</title>\n");
	add_axis(&p);
	for (size_t i = 0; i < bars->len; i++)
		add_bar(&p, i);
	add_mark(&p);
	buf_adds(out, "</svg>\n");
}
