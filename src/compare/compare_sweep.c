#include "config.h"

#include "compare/compare_report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "stats/show.h"

enum {
	PLOT_TEXT = 26,   /* columns of a row of the plot, without its bar */
	KNEE_PERCENT = 10 /* nobody needs more places for less than this */
};

static double
median_of(const struct comparison *c, size_t i)
{
	return arm_figures_wall(&c->figures[i]).median;
}

static double
per_second(const struct comparison *c, size_t i)
{
	return (double)c->requests / median_of(c, i);
}

/* The arms by their number in flight; caller frees. */
static size_t *
by_places(const struct comparison *c)
{
	size_t *order = xcalloc(c->arms->len, sizeof(*order));

	for (size_t i = 0; i < c->arms->len; i++) {
		size_t at = i;

		for (; at > 0 && c->arms->items[order[at - 1]].parallel >
		                     c->arms->items[i].parallel;
		     at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	return order;
}

/* Where in `order` more places gain little. */
static size_t
knee_of(const struct comparison *c, const size_t *order)
{
	double least = median_of(c, comparison_fastest(c));
	size_t at = 0;

	while (median_of(c, order[at]) * 100 > least * (100 + KNEE_PERCENT))
		at++;
	return at;
}

static void
add_row(const struct comparison *c, size_t i, const struct style *style,
    struct buf *out)
{
	const struct arm_figures *f = &c->figures[i];
	struct stats s = arm_figures_wall(f);
	struct time_unit unit = time_unit_for(s.mean);

	buf_addf(out, "%6u  ", c->arms->items[i].parallel);
	paint(style, PAINT_GOOD, out);
	add_time(out, s.mean, unit, 8);
	unpaint(style, out);
	pad_to(out, out->len, unit.name[1] ? 0 : 1);
	buf_addf(out, " %s%7.*f", style_plus_minus(style), unit.decimals,
	    s.stddev / unit.seconds);
	buf_addf(out, "  %8.*f %s %-8.*f", unit.decimals, s.min / unit.seconds,
	    style_to(style), unit.decimals, s.max / unit.seconds);
	buf_addf(out, " %10.1f  %6" PRIu64 "  %6" PRIu64 "\n", per_second(c, i),
	    arm_figures_typical(f)->opened, arm_figures_typical(f)->reused);
}

static void
add_plot(const struct comparison *c, const size_t *order,
    const struct style *style, struct buf *out)
{
	double most = per_second(c, comparison_fastest(c));
	size_t knee = knee_of(c, order);
	size_t width = bar_width(style->width, PLOT_TEXT);

	buf_adds(out, "\n    -P  requests per second\n");
	for (size_t i = 0; i < c->arms->len; i++) {
		double rate = per_second(c, order[i]);

		buf_addf(out, "%6u  ", c->arms->items[order[i]].parallel);
		paint(style, i == knee ? PAINT_GOOD : PAINT_LOW, out);
		add_bar(out, rate / most, width, style->drawing);
		unpaint(style, out);
		buf_addf(out, " %.1f%s\n", rate,
		    i == knee && i + 1 < c->arms->len ? "  <- knee" : "");
	}
	buf_addc(out, '\n');
}

void
report_sweep(
    const struct comparison *c, const struct style *style, struct buf *out)
{
	size_t *order = by_places(c);
	const char *sigma = style->drawing == DRAW_UTF8 ? "σ " : "sd";

	paint(style, PAINT_BOLD, out);
	buf_addf(out,
	    "    -P      mean    %s    %s       min %s max      "
	    "per second  opened  reused\n",
	    style_plus_minus(style), sigma, style_to(style));
	unpaint(style, out);
	for (size_t i = 0; i < c->arms->len; i++)
		add_row(c, order[i], style, out);
	add_plot(c, order, style, out);
	free(order);
}

/* What one has over another: two positions in c->arms. */
struct step_up {
	size_t from, to;
};

static void
add_gain(const struct comparison *c, struct step_up step,
    const struct style *style, struct buf *out)
{
	struct interval r = comparison_ratio(c, step.from, step.to);
	unsigned from = c->arms->items[step.from].parallel;
	unsigned to = c->arms->items[step.to].parallel;

	if (step.from == step.to)
		return;
	if (isnan(r.low)) {
		buf_addf(out, "  -P %u took %.2f times as long as -P %u.\n",
		    from, r.ratio, to);
		return;
	}
	if (r.low <= 1)
		buf_addf(out,
		    "  No difference was found between -P %u and "
		    "-P %u: ratio %.2f (",
		    from, to, r.ratio);
	else
		buf_addf(out, "  -P %u is %.2f times as fast as -P %u (", to,
		    r.ratio, from);
	report_interval(&r, style, out);
	buf_adds(out, ").\n");
}

void
report_knee(
    const struct comparison *c, const struct style *style, struct buf *out)
{
	size_t *order = by_places(c);
	size_t at = knee_of(c, order);
	unsigned parallel = c->arms->items[order[at]].parallel;

	paint(style, PAINT_BOLD, out);
	if (at + 1 == c->arms->len)
		buf_addf(out,
		    "No knee up to -P %u: it pays to try more places.\n",
		    parallel);
	else
		buf_addf(out,
		    "The knee is at -P %u: more places gain less than %d %%.\n",
		    parallel, KNEE_PERCENT);
	unpaint(style, out);
	add_gain(c, (struct step_up){order[0], order[at]}, style, out);
	add_gain(
	    c, (struct step_up){order[at], comparison_fastest(c)}, style, out);
	free(order);
}
