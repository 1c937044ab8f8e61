/*
 * A curve, from the axes and their marks over the lines to the points, each
 * with its interval and its value.
 */
#include "config.h"

#include <math.h>

#include "pictures/chart.h"
#include "pictures/page.h"
#include "stats/decade.h"
#include "stats/show.h"

/* Pixels. */
enum {
	WIDTH = 860,
	HEIGHT = 400,
	PLOT_X = 72,
	PLOT_Y = 34,
	PLOT_WIDTH = 620,
	PLOT_HEIGHT = 304,
	INSET = 50,        /* from the y axis to the first point */
	CAP = 6,           /* half of the width of the ends of an interval */
	MARK_LEAST = 34,   /* from one mark of the x axis to the next */
	VALUE_LEAST = 58,  /* from one value at a point to the next */
	LABELS_APART = 16, /* two labels at the right */
	RIGHT = PLOT_X + PLOT_WIDTH,
	BOTTOM = PLOT_Y + PLOT_HEIGHT
};

struct picture {
	const struct chart_curve *curve;
	struct buf *out;
	/* The logarithms at the ends of the axes. */
	double x_from, x_to;
	double y_from, y_to;
};

static double
x_of(const struct picture *p, double x)
{
	double span = p->x_to - p->x_from;

	if (span <= 0)
		return PLOT_X + PLOT_WIDTH / 2.0;
	return page_scale(PLOT_X + INSET, PLOT_WIDTH - 2 * INSET,
	    decades_of(x) - p->x_from, span);
}

static double
y_of(const struct picture *p, double y)
{
	return page_scale(BOTTOM, -PLOT_HEIGHT, decades_of(y) - p->y_from,
	    p->y_to - p->y_from);
}

/* --- the axes --------------------------------------------------------------
 */

static void
extend(struct picture *p, double y)
{
	if (isnan(y) || y <= 0)
		return;
	if (decades_of(y) < p->y_from)
		p->y_from = decades_of(y);
	if (decades_of(y) > p->y_to)
		p->y_to = decades_of(y);
}

/* Round a logarithm down to that of 1, 2 or 5 times a power of ten. */
static double
round_down(double logarithm)
{
	double decade = floor(logarithm);
	double rest = logarithm - decade + 1e-9;

	if (rest >= decades_of(5))
		return decade + decades_of(5);
	return rest >= decades_of(2) ? decade + decades_of(2) : decade;
}

/* The same upwards: 1/2 and 1/5 are 5 and 2 times a power of ten. */
static double
round_up(double logarithm)
{
	return -round_down(-logarithm);
}

static void
extend_by_value(struct picture *p, const struct chart_value *v)
{
	extend(p, v->value);
	extend(p, v->low);
	extend(p, v->high);
}

/* Both axes hold all that is drawn. Less than a factor of ten on the y axis
 * would make noise look like a difference. */
static void
measure(struct picture *p)
{
	const struct chart_curve *c = p->curve;
	double missing;

	p->x_from = decades_of(c->points[0].x);
	p->x_to = decades_of(c->points[c->len - 1].x);
	p->y_from = p->y_to = decades_of(c->points[0].y.value);
	for (size_t i = 0; i < c->len; i++) {
		extend_by_value(p, &c->points[i].y);
		extend(p, c->points[i].bound);
	}
	extend_by_value(p, &c->level);
	p->y_from -= 0.02;
	p->y_to += 0.06;
	missing = 1 - (p->y_to - p->y_from);
	if (missing > 0) {
		p->y_from -= missing / 2;
		p->y_to += missing / 2;
	}
	p->y_from = round_down(p->y_from);
	p->y_to = round_up(p->y_to);
}

/* Append a mark of the y axis: 0.5, 20, 5,000. */
static void
add_y_mark(const struct picture *p, double value)
{
	double y = y_of(p, value);

	buf_addf(p->out,
	    "<path class=\"grid\" d=\"M%d %.1fH%d\"/>"
	    "<text class=\"dim end\" x=\"%d\" y=\"%.1f\">%.9g</text>\n",
	    PLOT_X, y, RIGHT, PLOT_X - 8, y + 4, value);
}

static void
add_y_axis(const struct picture *p)
{
	static const int factors[] = {1, 2, 5};
	/* With many decades only their begins are marked. */
	size_t in_decade = p->y_to - p->y_from > 4 ? 1 : 3;

	for (int d = (int)floor(p->y_from); d <= p->y_to + 1e-9; d++)
		for (size_t i = 0; i < in_decade; i++) {
			double value = power_of_ten(d) * factors[i];

			if (decades_of(value) >= p->y_from - 1e-9 &&
			    decades_of(value) <= p->y_to + 1e-9)
				add_y_mark(p, value);
		}
	buf_addf(
	    p->out, "<text class=\"dim\" x=\"%d\" y=\"%d\">", 8, PLOT_Y - 16);
	page_add_text(p->out, p->curve->y_label);
	buf_adds(p->out, "</text>\n");
}

/* Returns whether a text at point `i` has room behind the text at `before`, if
 * texts are `least` apart. The last point always has. */
static bool
has_room(const struct picture *p, size_t i, double before, double least)
{
	const struct chart_point *points = p->curve->points;
	size_t last = p->curve->len - 1;
	double x = x_of(p, points[i].x);

	return i == last ||
	       (x - before >= least && x_of(p, points[last].x) - x >= least);
}

/* Append a mark at each point that has room for it. */
static void
add_x_axis(const struct picture *p)
{
	double before = -WIDTH;

	buf_addf(p->out, "<path class=\"axis\" d=\"M%d %dH%d\"/>\n", PLOT_X,
	    BOTTOM, RIGHT);
	for (size_t i = 0; i < p->curve->len; i++) {
		double x = x_of(p, p->curve->points[i].x);

		if (!has_room(p, i, before, MARK_LEAST))
			continue;
		before = x;
		buf_addf(p->out,
		    "<path class=\"axis\" d=\"M%.1f %dv5\"/>"
		    "<text class=\"dim middle\" x=\"%.1f\" y=\"%d\">%.9g"
		    "</text>\n",
		    x, BOTTOM, x, BOTTOM + 20, p->curve->points[i].x);
	}
	buf_addf(p->out, "<text class=\"dim middle\" x=\"%d\" y=\"%d\">",
	    PLOT_X + PLOT_WIDTH / 2, BOTTOM + 44);
	page_add_text(p->out, p->curve->x_label);
	buf_adds(p->out, "</text>\n");
}

/* --- lines -----------------------------------------------------------------
 */

/* Append a label at the right end of a line. */
static void
add_end_label(
    const struct picture *p, double y, const char *text, const char *class)
{
	buf_addf(p->out, "<text class=\"%s\" x=\"%d\" y=\"%.1f\">", class,
	    RIGHT + 14, y + 4);
	page_add_text(p->out, text);
	buf_adds(p->out, "</text>\n");
}

/* Append the line of the bounds, which ends with the points: beyond them they
 * bind nothing. Returns the y of its label; -1: it has none.
 */
static double
add_bounds(const struct picture *p)
{
	const struct chart_curve *c = p->curve;
	const char *command = "M";
	double y = -1;

	buf_adds(p->out, "<path class=\"bound\" d=\"");
	for (size_t i = 0; i < c->len; i++) {
		if (c->points[i].bound <= 0)
			continue;
		y = y_of(p, c->points[i].bound);
		buf_addf(
		    p->out, "%s%.1f %.1f", command, x_of(p, c->points[i].x), y);
		command = "L";
	}
	buf_adds(p->out, "\"/>\n");
	if (y >= 0)
		add_end_label(p, y, c->bound_label, "dim");
	return y;
}

/* Append the level, and the band of its interval. Its label gives way to that
 * of the bounds. */
static void
add_level(const struct picture *p, double bound_y)
{
	const struct chart_value *level = &p->curve->level;
	double y, label_y;

	if (level->value <= 0)
		return;
	y = label_y = y_of(p, level->value);
	if (!isnan(level->low))
		buf_addf(p->out,
		    "<rect class=\"band\" x=\"%d\" y=\"%.1f\" width=\"%d\" "
		    "height=\"%.1f\"/>",
		    PLOT_X, y_of(p, level->high), PLOT_WIDTH,
		    y_of(p, level->low) - y_of(p, level->high));
	buf_addf(p->out, "<path class=\"level\" d=\"M%d %.1fH%d\"/>\n", PLOT_X,
	    y, RIGHT);
	if (bound_y >= 0 && fabs(y - bound_y) < LABELS_APART)
		label_y = y < bound_y ? bound_y - LABELS_APART
		                      : bound_y + LABELS_APART;
	add_end_label(p, label_y, p->curve->level_label, "level-name");
}

static void
add_line(const struct picture *p)
{
	buf_adds(p->out, "<path class=\"line\" d=\"");
	for (size_t i = 0; i < p->curve->len; i++)
		buf_addf(p->out, "%s%.1f %.1f", i ? "L" : "M",
		    x_of(p, p->curve->points[i].x),
		    y_of(p, p->curve->points[i].y.value));
	buf_adds(p->out, "\"/>\n");
}

/* --- points ----------------------------------------------------------------
 */

static void
add_interval(const struct picture *p, const struct chart_value *v, double x)
{
	double low = y_of(p, v->low), high = y_of(p, v->high);

	buf_addf(p->out,
	    "<path class=\"interval\" d=\"M%.1f %.1fV%.1fM%.1f %.1fh%dM%.1f "
	    "%.1fh%d\"/>\n",
	    x, low, high, x - CAP, low, 2 * CAP, x - CAP, high, 2 * CAP);
}

/* Append the value of a point below it, at its right, where neither the line
 * nor the bounds are. */
static void
add_value(const struct picture *p, const struct chart_point *point)
{
	double x = x_of(p, point->x), y = y_of(p, point->y.value);

	buf_addf(p->out, "<text class=\"name\" x=\"%.1f\" y=\"%.1f\">%.*f",
	    x + 10, y + 18, decimals_for(point->y.value, 3), point->y.value);
	if (point->marked) {
		buf_adds(p->out, "<tspan class=\"dim\" dx=\"6\">");
		page_add_text(p->out, p->curve->mark_label);
		buf_adds(p->out, "</tspan>");
	}
	buf_adds(p->out, "</text>\n");
}

static void
add_points(const struct picture *p)
{
	double before = -WIDTH;

	for (size_t i = 0; i < p->curve->len; i++) {
		const struct chart_point *point = &p->curve->points[i];
		double x = x_of(p, point->x);

		if (!isnan(point->y.low))
			add_interval(p, &point->y, x);
		buf_addf(p->out,
		    "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" "
		    "r=\"%d\"/>\n",
		    point->marked ? "best" : "bar", x, y_of(p, point->y.value),
		    point->marked ? 7 : 5);
		if (!point->marked && !has_room(p, i, before, VALUE_LEAST))
			continue;
		before = x;
		add_value(p, point);
	}
}

void
chart_add_curve(const struct chart_curve *curve, struct buf *out)
{
	struct picture p = {.curve = curve, .out = out};

	measure(&p);
	buf_addf(out,
	    "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\"><title>",
	    WIDTH, HEIGHT);
	page_add_text(out, curve->title);
	buf_adds(out, "</title>\n");
	add_y_axis(&p);
	add_x_axis(&p);
	add_level(&p, add_bounds(&p));
	add_line(&p);
	add_points(&p);
	buf_adds(out, "</svg>\n");
}
