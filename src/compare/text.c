/*
 * The comparison for people. From top to bottom: an arm with its times; a
 * sweep over -P as a table and a plot; the head and the verdict; warnings.
 */
#include "config.h"

#include "compare/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/xalloc.h"
#include "process/log.h"
#include "stats/show.h"
#include "stats/stats.h"

enum {
	LABEL_COLUMNS = 22, /* "  Time (mean ± σ):" */
	FIGURE_WIDTH = 8,
	PLOT_TEXT = 26,   /* columns of a row of the plot, without its bar */
	KNEE_PERCENT = 10 /* a larger -P must gain at least this much */
};

/* What a text is, for its colour. */
enum paint {
	PAINT_BOLD,
	PAINT_GOOD,
	PAINT_LOW,
	PAINT_HIGH,
	PAINT_DIM,
	PAINTS
};

static void
paint(const struct style *style, enum paint what, struct buf *out)
{
	static const char *const codes[PAINTS] = {
	    [PAINT_BOLD] = "1",
	    [PAINT_GOOD] = "1;32",
	    [PAINT_LOW] = "36",
	    [PAINT_HIGH] = "35",
	    [PAINT_DIM] = "2",
	};

	if (style->color)
		buf_addf(out, "\033[%sm", codes[what]);
}

static void
unpaint(const struct style *style, struct buf *out)
{
	if (style->color)
		buf_adds(out, "\033[0m");
}

/* Returns the sign between a mean and its deviation. */
static const char *
style_plus_minus(const struct style *style)
{
	return style->drawing == DRAW_UTF8 ? "±" : "+-";
}

static const char *
style_to(const struct style *style)
{
	return style->drawing == DRAW_UTF8 ? "…" : "..";
}

static const char *
plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* Append the confidence interval of a ratio. */
static void
add_interval(
    const struct interval *r, const struct style *style, struct buf *out)
{
	buf_addf(out, "95 %% interval %.2f %s %.2f", r->low, style_to(style),
	    r->high);
}

/* --- one arm ----------------------------------------------------------- */

static void
add_label(struct buf *out, const char *label)
{
	size_t start = out->len;

	buf_addf(out, "  %s", label);
	pad_to(out, start, LABEL_COLUMNS);
}

static void
add_painted_time(
    struct buf *out, const struct style *style, enum paint how, double seconds)
{
	paint(style, how, out);
	add_time(out, seconds, time_unit_for(seconds), FIGURE_WIDTH);
	unpaint(style, out);
}

/* Append the line of the mean. The deviation is in the unit of the mean. */
static void
add_mean(const struct arm_figures *f, const struct stats *s,
    const struct style *style, struct buf *out)
{
	struct time_unit unit = time_unit_for(s->mean);
	double user = arm_figures_user(f);
	double system = arm_figures_system(f);

	add_label(out, style->drawing == DRAW_UTF8 ? "Time (mean ± σ):"
	                                           : "Time (mean +- sd):");
	add_painted_time(out, style, PAINT_GOOD, s->mean);
	if (s->n > 1) {
		buf_addf(out, " %s ", style_plus_minus(style));
		add_time(out, s->stddev, unit, FIGURE_WIDTH);
	}
	paint(style, PAINT_DIM, out);
	buf_adds(out, "    [User: ");
	add_time(out, user, time_unit_for(user), 0);
	buf_adds(out, ", System: ");
	add_time(out, system, time_unit_for(system), 0);
	buf_adds(out, "]");
	unpaint(style, out);
	buf_addc(out, '\n');
}

static void
add_range(const struct stats *s, const struct style *style, struct buf *out)
{
	add_label(out, style->drawing == DRAW_UTF8 ? "Range (min … max):"
	                                           : "Range (min .. max):");
	add_painted_time(out, style, PAINT_LOW, s->min);
	buf_addf(out, " %s ", style_to(style));
	add_painted_time(out, style, PAINT_HIGH, s->max);
	buf_addf(out, "    %zu runs\n", s->n);
}

/* Append the connections of a typical run: they show why an arm is slow. */
static void
add_connections(
    const struct arm_figures *f, const struct style *style, struct buf *out)
{
	const struct run_figures *run = arm_figures_typical(f);

	(void)style;
	add_label(out, "Connections:");
	buf_addf(out, "%" PRIu64 " opened, %" PRIu64 " reused", run->opened,
	    run->reused);
	if (run->failed)
		buf_addf(out, "; %" PRIu64 " request%s failed", run->failed,
		    plural(run->failed));
	buf_addc(out, '\n');
}

static void
add_arm(const struct comparison *c, size_t i, const struct style *style,
    struct buf *out)
{
	const struct arm_figures *f = &c->figures[i];
	struct stats s = arm_figures_wall(f);
	char *meaning = arm_meaning(&c->arms->items[i]);

	paint(style, PAINT_BOLD, out);
	buf_adds(out, c->arms->items[i].name);
	unpaint(style, out);
	buf_addf(out, ": %s\n", meaning);
	add_mean(f, &s, style, out);
	if (s.n > 1)
		add_range(&s, style, out);
	add_connections(f, style, out);
	buf_addc(out, '\n');
	free(meaning);
}

/* --- a sweep over values of -P ----------------------------------------- */

static double
median_of_arm(const struct comparison *c, size_t i)
{
	return arm_figures_wall(&c->figures[i]).median;
}

/* Returns how many requests per second arm `i` completed. */
static double
per_second(const struct comparison *c, size_t i)
{
	return (double)c->requests / median_of_arm(c, i);
}

/* Returns the indices of the arms in the order of their -P; caller frees. */
static size_t *
by_parallel(const struct comparison *c)
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

/* Returns the position in `order` of the knee: the smallest -P whose time is
 * within KNEE_PERCENT of the fastest. */
static size_t
knee_of(const struct comparison *c, const size_t *order)
{
	double least = median_of_arm(c, comparison_fastest(c));
	size_t at = 0;

	while (median_of_arm(c, order[at]) * 100 > least * (100 + KNEE_PERCENT))
		at++;
	return at;
}

/* Append the line of the table for arm `i`. */
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

/* Append the table and the plot of a sweep, in the order of -P. */
static void
add_sweep(
    const struct comparison *c, const struct style *style, struct buf *out)
{
	size_t *order = by_parallel(c);
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

/* Two arms to compare: positions in c->arms. */
struct step_up {
	size_t from, to;
};

/* Append how much faster one arm was than the other, and how sure that is. */
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
		buf_addf(out, "  -P %u was %.2f times faster than -P %u.\n", to,
		    r.ratio, from);
		return;
	}
	if (r.low <= 1)
		buf_addf(out,
		    "  -P %u was not measurably faster than -P %u "
		    "(ratio %.2f, ",
		    to, from, r.ratio);
	else
		buf_addf(out, "  -P %u was %.2f times faster than -P %u (", to,
		    r.ratio, from);
	add_interval(&r, style, out);
	buf_adds(out, ").\n");
}

/* Append where the knee is, how much it gains over the smallest -P, and how
 * little the fastest gains over it. */
static void
add_knee(const struct comparison *c, const struct style *style, struct buf *out)
{
	size_t *order = by_parallel(c);
	size_t at = knee_of(c, order);
	unsigned parallel = c->arms->items[order[at]].parallel;

	paint(style, PAINT_BOLD, out);
	if (at + 1 == c->arms->len)
		buf_addf(out,
		    "Still getting faster at -P %u; try higher values.\n",
		    parallel);
	else
		buf_addf(out,
		    "The knee is at -P %u: higher values gain less than "
		    "%d %%.\n",
		    parallel, KNEE_PERCENT);
	unpaint(style, out);
	add_gain(c, (struct step_up){order[0], order[at]}, style, out);
	add_gain(
	    c, (struct step_up){order[at], comparison_fastest(c)}, style, out);
	free(order);
}

/* --- head and verdict --------------------------------------------------- */

/* Append what was compared, and how often; with the seed the same order can
 * be had again. */
static void
add_head(const struct comparison *c, struct buf *out)
{
	size_t rounds = c->figures[0].len;

	buf_addf(out, "%zu request%s", c->requests, plural(c->requests));
	if (c->requests != c->listed)
		buf_addf(out, " (a sample of %zu)", c->listed);
	buf_addf(out, " to %s, %zu round%s", c->target, rounds, plural(rounds));
	if (c->warmup)
		buf_addf(out, " after %u warm-up round%s", c->warmup,
		    plural(c->warmup));
	buf_addf(
	    out, ", arms in random order (--seed %" PRIu64 ")\n\n", c->seed);
}

void
comparison_add_arms(
    const struct comparison *c, const struct style *style, struct buf *out)
{
	add_head(c, out);
	if (arms_are_sweep(c->arms)) {
		add_sweep(c, style, out);
		return;
	}
	for (size_t i = 0; i < c->arms->len; i++)
		add_arm(c, i, style, out);
}

/* Append by how much the fastest arm beat arm `i`. Where the interval reaches
 * down to 1 no difference was found, and none is claimed. */
static void
add_ratio(const struct comparison *c, size_t i, const struct style *style,
    struct buf *out)
{
	size_t fastest = comparison_fastest(c);
	struct interval r = comparison_ratio(c, i, fastest);
	const char *name = c->arms->items[i].name;

	buf_addf(out, "  %s was ", c->arms->items[fastest].name);
	if (r.low <= 1) {
		buf_addf(out,
		    "not measurably faster than %s in %zu rounds (ratio %.2f, ",
		    name, c->figures[i].len, r.ratio);
	} else {
		paint(style, PAINT_GOOD, out);
		buf_addf(out, "%.2f", r.ratio);
		unpaint(style, out);
		buf_addf(out, " times faster than %s%s", name,
		    isnan(r.low) ? "\n" : " (");
	}
	if (isnan(r.low))
		return;
	add_interval(&r, style, out);
	buf_adds(out, ")\n");
}

/* Returns the indices of the arms from fast to slow; caller frees. */
static size_t *
by_speed(const struct comparison *c)
{
	size_t *order = xcalloc(c->arms->len, sizeof(*order));

	for (size_t i = 0; i < c->arms->len; i++) {
		double median = arm_figures_wall(&c->figures[i]).median;
		size_t at = i;

		for (; at > 0 &&
		       arm_figures_wall(&c->figures[order[at - 1]]).median >
		           median;
		     at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	return order;
}

/* Append a loss of 0.1 ms or more; below that it is negligible. */
static void
add_loss(int64_t us, const char *to, struct buf *out)
{
	if (us < CLOCK_MS / 10)
		return;
	if (out->data[out->len - 1] != ' ')
		buf_adds(out, ", ");
	add_duration(out, us);
	buf_addf(out, " %s", to);
}

/* Append how near the fastest arm came to what was possible, and what it lost.
 */
static void
add_floor(const struct comparison *c, size_t i, struct buf *out)
{
	const struct run_figures *run = arm_figures_typical(&c->figures[i]);
	const struct floor *f = &run->floor;
	size_t before;

	if (f->us <= 0 || run->wall_s <= 0)
		return;
	buf_adds(out, "  Fastest possible: ");
	add_duration(out, f->us);
	buf_addf(out, " (%s); %s took ", floor_bound_text(f->bound),
	    c->arms->items[i].name);
	add_duration(out, (int64_t)(run->wall_s * CLOCK_SECOND + 0.5));
	buf_addf(out, " (%.1f %% efficient).\n  Lost time: ",
	    (double)f->us / CLOCK_SECOND / run->wall_s * 100);
	before = out->len;
	add_loss(f->connecting_us, "connecting", out);
	add_loss(f->computing_us, "in gather itself", out);
	add_loss(f->idle_us, "with idle slots", out);
	buf_adds(out, out->len == before ? "negligible.\n" : ".\n");
}

/* Append why there is no interval, if there were too few rounds. */
static void
add_interval_hint(const struct comparison *c, struct buf *out)
{
	size_t rounds = c->figures[0].len;

	if (rounds < BOOTSTRAP_FEWEST)
		buf_addf(out,
		    "  %zu round%s give%s no confidence interval; "
		    "use --runs %d or more.\n",
		    rounds, plural(rounds), rounds == 1 ? "s" : "",
		    BOOTSTRAP_FEWEST);
}

/* The arms are told from the fastest rival to the slowest. */
void
comparison_add_verdict(
    const struct comparison *c, const struct style *style, struct buf *out)
{
	size_t fastest = comparison_fastest(c);
	size_t *order;

	if (arms_are_sweep(c->arms)) {
		add_knee(c, style, out);
		add_interval_hint(c, out);
		return;
	}
	paint(style, PAINT_BOLD, out);
	buf_adds(out, "Summary\n");
	unpaint(style, out);
	order = by_speed(c);
	for (size_t i = 1; i < c->arms->len; i++)
		add_ratio(c, order[i], style, out);
	free(order);
	add_floor(c, fastest, out);
	add_interval_hint(c, out);
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

/* --- warnings ---------------------------------------------------------- */

/* A shorter run varies by a large share of its time, whatever is measured. */
static const double short_s = 0.005;

/* Returns a time in words; caller frees. */
static char *
in_words(double seconds)
{
	struct buf out;

	buf_init(&out);
	add_duration(&out, (int64_t)(seconds * CLOCK_SECOND));
	return buf_take(&out);
}

static void
warn_of_first(const struct comparison *c, size_t i, double median)
{
	char *first = in_words(c->figures[i].runs[0].wall_s);
	char *usual = in_words(median);

	log_note("%s: the first run was slower (%s, median %s), probably "
	         "because of cold caches; exclude it with --warmup %u",
	    c->arms->items[i].name, first, usual, c->warmup + 1);
	free(first);
	free(usual);
}

static void
warn_of_others(
    const struct comparison *c, size_t i, const struct outliers *found)
{
	char *worst = in_words(found->worst);
	char *usual = in_words(found->median);

	log_note(
	    "%s: outliers detected: %zu of %zu runs (worst %s, median %s); "
	    "repeat on a quiet system, or with more --runs",
	    c->arms->items[i].name, found->count, c->figures[i].len, worst,
	    usual);
	free(worst);
	free(usual);
}

static void
warn_of_short(const struct comparison *c, size_t i, double median)
{
	char *usual = in_words(median);

	log_note("%s: a run takes only %s, so its times are noisy; make it "
	         "longer with --repeat",
	    c->arms->items[i].name, usual);
	free(usual);
}

/* Warn of what makes the times of arm `i` doubtful. */
static void
warn_of_arm(const struct comparison *c, size_t i)
{
	const struct arm_figures *f = &c->figures[i];
	double *walls = arm_figures_list(f);
	struct outliers found = outliers_of(walls, f->len);

	if (found.first)
		warn_of_first(c, i, found.median);
	else if (found.count)
		warn_of_others(c, i, &found);
	if (found.median < short_s)
		warn_of_short(c, i, found.median);
	free(walls);
}

/* Failures are often faster than successes, so the times say little. */
static void
warn_of_failures(const struct comparison *c, uint64_t failed)
{
	if (failed)
		log_note("%" PRIu64
		         " of %zu requests failed in every arm: their "
		         "times are those of failures",
		    failed, c->requests);
}

static void
warn_of_bodies(const struct comparison *c)
{
	const char *example;
	uint64_t count = answers_other_bodies(c->answers, &example);

	if (count)
		log_note("%" PRIu64 " of %zu requests received different "
		         "bodies (an error with --same-bodies): %s",
		    count, c->requests, example);
}

void
comparison_warn(const struct comparison *c)
{
	for (size_t i = 0; i < c->arms->len; i++)
		warn_of_arm(c, i);
	warn_of_failures(c, arm_figures_typical(&c->figures[0])->failed);
	warn_of_bodies(c);
}
