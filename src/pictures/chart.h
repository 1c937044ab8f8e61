/*
 * Charts of measured values as SVG, for a page (pictures/page.h), whose style
 * they use (chart.css): bars on an axis from zero, and a curve on two
 * logarithmic axes. All texts are plain text. Pure.
 */
#ifndef GATHER_PICTURES_CHART_H
#define GATHER_PICTURES_CHART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* A value, and where it is with a confidence of 95 %. */
struct chart_value {
	double value; /* > 0 */
	double low;   /* both NAN: not known */
	double high;
};

/* A bar, with an interval and a dot for each measurement. */
struct chart_bar {
	const char *label;
	struct chart_value value;
	const double *dots; /* >= 0 */
	size_t dots_len;
	const char *text; /* of the value, "1.046 s" */
	const char *note; /* behind that */
	bool best;        /* it is set off from the others */
};

struct chart_bars {
	const char *title;
	const char *unit; /* of the axis: "ms" */
	double unit_size; /* of `unit`, in what values are given in */
	const struct chart_bar *bars;
	size_t len;             /* 1 or more */
	double mark;            /* a line through all bars; 0: none */
	const char *mark_label; /* what it is */
};
void chart_add_bars(const struct chart_bars *, struct buf *out);

/* A point of a curve. */
struct chart_point {
	double x; /* > 0, and larger than that of the point before */
	struct chart_value y;
	double bound; /* y can't be higher there; 0: not known */
	bool marked;
};

/* A level is a value without an x: a line from left to right. */
struct chart_curve {
	const char *title;
	const char *x_label, *y_label;
	const char *mark_label;  /* beside a point that is marked */
	const char *bound_label; /* at the end of the line of the bounds */
	const struct chart_point *points;
	size_t len;               /* 1 or more */
	struct chart_value level; /* its value 0: there is none */
	const char *level_label;
};
void chart_add_curve(const struct chart_curve *, struct buf *out);

/* Returns the distance of marks on an axis from 0 to `most` (> 0) that has room
 * for `marks`: 1, 2 or 5 times a power of ten. */
double chart_step(double most, unsigned marks);

#endif
