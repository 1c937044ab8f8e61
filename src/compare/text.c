/*
 * The comparison for people, without its verdict: what was compared; what the
 * names of the arms mean; the table; a bar for each arm.
 */
#include "config.h"

#include "compare/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "compare/table.h"
#include "stats/histogram.h"
#include "stats/show.h"

enum {
	MARGIN = 2, /* columns before a name */
	GAP = 2     /* columns behind it */
};

/* The seed is there so that the same order can be had again. */
void
comparison_add_head(const struct comparison *c, struct buf *out)
{
	size_t rounds = c->figures[0].len;

	buf_addf(out, "%zu request%s", c->requests, plural(c->requests));
	if (c->requests != c->listed)
		buf_addf(out, " (a sample of %zu)", c->listed);
	buf_addf(out, " to %s, %zu round%s", c->target, rounds, plural(rounds));
	if (c->warmup)
		buf_addf(out, " after %u warm-up round%s", c->warmup,
		    plural(c->warmup));
	buf_addf(out, ", arms in random order (--seed %" PRIu64 ")\n", c->seed);
}

/* Returns how wide the column of names has to be. */
static size_t
name_columns(const struct comparison *c)
{
	size_t most = arms_are_sweep(c->arms) ? strlen("-P") : 0;

	for (size_t i = 0; i < c->arms->len; i++) {
		struct buf name;

		buf_init(&name);
		comparison_add_arm_name(c, i, &name);
		if (name.len > most)
			most = name.len;
		buf_release(&name);
	}
	return most;
}

static void
add_name(const struct comparison *c, size_t i, struct buf *out)
{
	size_t columns = name_columns(c);
	struct buf name;

	buf_init(&name);
	comparison_add_arm_name(c, i, &name);
	pad_to(out, out->len, MARGIN);
	if (arms_are_sweep(c->arms))
		pad_to(out, out->len, columns - name.len);
	buf_adds(out, name.data);
	if (!arms_are_sweep(c->arms))
		pad_to(out, out->len, columns - name.len);
	pad_to(out, out->len, GAP);
	buf_release(&name);
}

/* Append what each name means, which in a sweep its column says. */
static void
add_meanings(
    const struct comparison *c, const struct style *style, struct buf *out)
{
	for (size_t i = 0; i < c->arms->len; i++) {
		char *meaning = arm_meaning(&c->arms->items[i]);

		paint(style, PAINT_BOLD, out);
		add_name(c, i, out);
		unpaint(style, out);
		buf_addf(out, "%s\n", meaning);
		free(meaning);
	}
	buf_addc(out, '\n');
}

/* --- the bars --------------------------------------------------------------
 */

size_t
comparison_fixed(const struct comparison *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->arms->len; i++)
		n += !c->arms->items[i].adaptive;
	return n;
}

static double
median_of(const struct comparison *c, size_t i)
{
	return arm_figures_wall(&c->figures[i]).median;
}

size_t
comparison_fastest_fixed(const struct comparison *c, const size_t *order)
{
	size_t best = 0;

	for (size_t i = 1; i < comparison_fixed(c); i++)
		if (median_of(c, order[i]) < median_of(c, order[best]))
			best = i;
	return best;
}

/* Whatever is not measurably slower than the fastest may as well be it. */
size_t
comparison_knee(const struct comparison *c, const size_t *order)
{
	size_t best = comparison_fastest_fixed(c, order);
	size_t at = 0;

	for (; at < best; at++) {
		struct interval r = comparison_ratio(c, order[at], order[best]);

		if (r.value * 100 <= 100 + KNEE_PERCENT ||
		    !interval_is_faster(&r))
			break;
	}
	return at;
}

/* What the bars show: of a sweep requests per second, else times. */
struct plot {
	const struct comparison *c;
	bool rates;
	struct time_unit unit;
	int decimals;
	double most;
};

static double
plot_value(const struct plot *p, size_t i)
{
	double median = median_of(p->c, i);

	return p->rates ? (double)p->c->requests / median : median;
}

static void
add_value(const struct plot *p, double value, int width, struct buf *out)
{
	if (p->rates)
		buf_addf(out, "%*.*f/s", width, p->decimals, value);
	else
		add_time(out, value, p->unit, width);
}

/* Returns how wide the widest value is, without its unit. */
static int
value_columns(const struct plot *p)
{
	struct buf text;
	int width;

	buf_init(&text);
	add_value(p, p->most, 0, &text);
	width = (int)(p->rates ? text.len - 2 : strcspn(text.data, " "));
	buf_release(&text);
	return width;
}

static struct plot
plot_of(const struct comparison *c)
{
	struct plot p = {
	    .c = c,
	    .rates = arms_are_sweep(c->arms),
	    .unit = comparison_unit(c),
	};
	double least = plot_value(&p, 0);

	for (size_t i = 0; i < c->arms->len; i++) {
		double value = plot_value(&p, i);

		if (value < least)
			least = value;
		if (value > p.most)
			p.most = value;
	}
	p.decimals = decimals_for_column(least, p.most);
	return p;
}

static void
add_bars(const struct comparison *c, const struct style *style, struct buf *out)
{
	static const char knee_mark[] = "  <- knee";
	size_t *order = comparison_order(c);
	struct plot p = plot_of(c);
	int columns = value_columns(&p);
	size_t knee =
	    p.rates ? comparison_knee(c, order) : comparison_fastest(c);
	size_t taken = MARGIN + name_columns(c) + GAP + 1 + (size_t)columns +
	               strlen(p.rates ? knee_mark : "") + 3;
	size_t width = bar_width(style->width, taken);

	for (size_t i = 0; i < c->arms->len; i++) {
		bool marked =
		    p.rates && i == knee && i + 1 < comparison_fixed(c);

		add_name(c, order[i], out);
		paint(style, i == knee ? PAINT_GOOD : PAINT_BAR, out);
		add_bar(out, plot_value(&p, order[i]) / p.most, width,
		    style->drawing);
		unpaint(style, out);
		buf_addc(out, ' ');
		add_value(&p, plot_value(&p, order[i]), columns, out);
		buf_addf(out, "%s\n", marked ? knee_mark : "");
	}
	buf_addc(out, '\n');
	free(order);
}

/* --- the whole -------------------------------------------------------------
 */

void
comparison_add_arms(
    const struct comparison *c, const struct style *style, struct buf *out)
{
	comparison_add_head(c, out);
	buf_addc(out, '\n');
	if (!arms_are_sweep(c->arms))
		add_meanings(c, style, out);
	comparison_add_table(c, style, out);
	buf_addc(out, '\n');
	add_bars(c, style, out);
}

void
comparison_add_line(const struct comparison *c, struct buf *out)
{
	size_t last = c->arms->len - 1;
	double first_s = arm_figures_wall(&c->figures[0]).median;
	double last_s = arm_figures_wall(&c->figures[last]).median;

	buf_addf(out, "\n%s %.1f s, %s %.1f s: %.1f times faster\n",
	    c->arms->items[0].name, first_s, c->arms->items[last].name, last_s,
	    first_s / last_s);
}
