/*
 * What a comparison comes to, in words: which arm was the fastest and how sure
 * that is, or where the knee of a sweep is; how near that is to what is
 * possible; what to try next.
 */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "compare/table.h"
#include "compare/text.h"
#include "stats/show.h"

/* A smaller gain of connections that are reused is not told. */
static const double worth_saying = 1.05;

/* This share of what is possible is as good as all of it. */
static const double nothing_left = 0.95;

/* Two arms: positions in c->arms. */
struct pair {
	size_t slow, fast;
};

static double
median_of(const struct comparison *c, size_t i)
{
	return arm_figures_wall(&c->figures[i]).median;
}

/* Append what an arm is called in a sentence, "sync" or, in a sweep, "-P 8". */
static void
add_name(const struct comparison *c, size_t i, struct buf *out)
{
	if (arms_are_sweep(c->arms))
		buf_adds(out, "-P ");
	comparison_add_arm_name(c, i, out);
}

/* Append the confidence interval of a ratio, with its digits. */
static void
add_interval(
    const struct interval *r, const struct style *style, struct buf *out)
{
	int decimals = decimals_for(r->value < 1 ? 1 : r->value, 3);

	buf_addf(out, "95 %% interval %.*f %s %.*f", decimals, r->low,
	    ellipsis(style->drawing), decimals, r->high);
}

/* Append by how much one arm beat the other. Where the interval reaches down to
 * 1 no difference was found, and none is claimed. */
static void
add_gain(const struct comparison *c, struct pair pair,
    const struct style *style, struct buf *out)
{
	struct interval r = comparison_ratio(c, pair.slow, pair.fast);
	bool faster = interval_is_faster(&r);

	buf_adds(out, "  ");
	add_name(c, pair.fast, out);
	if (faster) {
		buf_adds(out, " was ");
		paint(style, PAINT_GOOD, out);
		add_ratio_number(out, r.value);
		unpaint(style, out);
		buf_adds(out, " times faster than ");
	} else if (isnan(r.low)) {
		buf_adds(out, " took about as long as ");
	} else {
		buf_adds(out, " was not measurably faster than ");
	}
	add_name(c, pair.slow, out);
	if (!isnan(r.low)) {
		buf_adds(out, faster ? " (" : " (ratio ");
		if (!faster) {
			add_ratio_number(out, r.value);
			buf_adds(out, ", ");
		}
		add_interval(&r, style, out);
		buf_addc(out, ')');
	}
	buf_addc(out, '\n');
}

/* --- what is possible ------------------------------------------------------
 */

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

/* Returns which share of the time of a run was necessary; 0: unknown. */
static double
efficiency(const struct run_figures *run)
{
	if (run->floor.us <= 0 || run->wall_s <= 0)
		return 0;
	return (double)run->floor.us / CLOCK_SECOND / run->wall_s;
}

/* Append how near arm `i` came to what was possible, and what it lost. */
static void
add_floor(const struct comparison *c, size_t i, struct buf *out)
{
	const struct run_figures *run = arm_figures_typical(&c->figures[i]);
	const struct floor *f = &run->floor;
	size_t before;

	if (efficiency(run) <= 0)
		return;
	buf_adds(out, "  Fastest possible: ");
	add_duration(out, f->us);
	buf_addf(out, " (%s)\n  ", floor_bound_text(f->bound));
	add_name(c, i, out);
	buf_adds(out, " took ");
	add_duration(out, (int64_t)(run->wall_s * CLOCK_SECOND + 0.5));
	/* Of two runs none took as long as their median. */
	if (run->wall_s > median_of(c, i))
		buf_adds(out, " in its run next to the median");
	buf_addf(
	    out, ": %.1f %% efficient\n  Lost time: ", efficiency(run) * 100);
	before = out->len;
	add_loss(f->connecting_us, "connecting", out);
	add_loss(f->computing_us, "in gather", out);
	add_loss(f->idle_us, "with idle slots", out);
	buf_adds(out, out->len == before ? "negligible\n" : "\n");
}

/* --- what to try next ------------------------------------------------------
 */

/* Is the fastest arm bound by `bound`, and near to it? */
static bool
is_bound_by(const struct comparison *c, size_t fastest, enum floor_bound bound)
{
	const struct run_figures *run =
	    arm_figures_typical(&c->figures[fastest]);

	return run->floor.bound == bound && efficiency(run) >= 0.7;
}

static bool
is_async(const struct comparison *c, size_t i)
{
	return c->arms->items[i].kind == ARM_ASYNC;
}

/* Returns whether an arm of async was measurably slower than `fastest`, which
 * is none. */
static bool
async_was_slower(const struct comparison *c, size_t fastest)
{
	if (is_async(c, fastest))
		return false;
	for (size_t i = 0; i < c->arms->len; i++) {
		struct interval r;

		if (!is_async(c, i))
			continue;
		r = comparison_ratio(c, i, fastest);
		if (interval_is_faster(&r))
			return true;
	}
	return false;
}

/* Returns whether nothing is measurably slower than `fastest`. */
static bool
all_are_alike(const struct comparison *c, size_t fastest)
{
	for (size_t i = 0; i < c->arms->len; i++) {
		struct interval r;

		if (i == fastest)
			continue;
		r = comparison_ratio(c, i, fastest);
		if (interval_is_faster(&r))
			return false;
	}
	return c->arms->len > 1;
}

/* Append values of -P to try, from `from` on: each twice the one before, but
 * never more than there are requests. */
static void
add_higher(const struct comparison *c, unsigned from, struct buf *out)
{
	unsigned parallel = from;

	buf_addf(out, "--compare=%u", from);
	for (int i = 0; i < 2 && parallel < c->requests; i++) {
		parallel *= 2;
		if (parallel > c->requests)
			parallel = (unsigned)c->requests;
		buf_addf(out, ",%u", parallel);
	}
	if (comparison_fixed(c) == c->arms->len)
		buf_adds(out, ",auto");
}

/* Append what would show a difference that may be there; where there are no
 * intervals, add_interval_hint() does. */
static void
add_more_runs(const struct comparison *c, struct buf *out)
{
	if (c->figures[0].len >= BOOTSTRAP_FEWEST)
		buf_adds(out,
		    "  More --runs, or longer ones by --repeat, would narrow "
		    "the intervals\n");
}

/* Append the advice that the outcome calls for, if there is any. */
static void
add_advice(const struct comparison *c, size_t fastest, struct buf *out)
{
	unsigned parallel = c->arms->items[fastest].parallel;

	if (c->requests == 1)
		buf_adds(out, "  A single request has no other to run at the "
		              "same time: list more, or use --repeat 20\n");
	else if (async_was_slower(c, fastest))
		buf_adds(out, "  Many requests at once slow this server down: "
		              "try fewer, as in --compare=sync,2,4,8\n");
	else if (all_are_alike(c, fastest))
		add_more_runs(c, out);
	else if (is_bound_by(c, fastest, FLOOR_RATE))
		buf_adds(out, "  --rate sets the pace: no arm can be faster "
		              "with it\n");
	else if (is_async(c, fastest) && is_bound_by(c, fastest, FLOOR_SLOWEST))
		buf_adds(out, "  A higher -P will not help: the slowest "
		              "request sets the pace\n");
	else if (is_async(c, fastest) && parallel <= c->requests / 2 &&
	         is_bound_by(c, fastest, FLOOR_PLACES)) {
		buf_adds(out, "  -P sets the pace: try higher values, as in ");
		add_higher(c, parallel, out);
		buf_addc(out, '\n');
	}
}

/* --- a sweep ---------------------------------------------------------------
 */

/* Append how much -P auto gained or lost against the best fixed -P. */
static void
add_adaptive(const struct comparison *c, struct pair fixed_best,
    const struct style *style, struct buf *out)
{
	size_t best = fixed_best.fast;

	for (size_t i = 0; i < c->arms->len; i++) {
		struct pair pair = {.slow = best, .fast = i};
		unsigned settled = arm_figures_typical(&c->figures[i])->settled;

		if (!c->arms->items[i].adaptive)
			continue;
		if (median_of(c, i) > median_of(c, best))
			pair = (struct pair){.slow = i, .fast = best};
		add_gain(c, pair, style, out);
		if (settled)
			buf_addf(out, "  -P auto settled at %u in flight\n",
			    settled);
	}
}

/* Append the head of a list of ratios. */
static void
add_summary_head(
    const struct comparison *c, const struct style *style, struct buf *out)
{
	paint(style, PAINT_BOLD, out);
	buf_adds(out, "Summary");
	unpaint(style, out);
	buf_adds(
	    out, c->figures[0].len > 1 ? " (ratios of the medians)\n" : "\n");
}

/* Returns whether any -P was measurably faster than the smallest one. */
static bool
gains_anything(const struct comparison *c, const size_t *order)
{
	for (size_t i = 1; i < comparison_fixed(c); i++) {
		struct interval r = comparison_ratio(c, order[0], order[i]);

		if (interval_is_faster(&r))
			return true;
	}
	return false;
}

/* Returns the arm of -P auto, if it is measurably faster than `best`, the
 * fastest with a -P of its own; else as many as there are. */
static size_t
faster_adaptive(const struct comparison *c, size_t best)
{
	size_t i = 0;

	for (; i < c->arms->len; i++) {
		struct interval r;

		if (!c->arms->items[i].adaptive)
			continue;
		r = comparison_ratio(c, best, i);
		if (r.value > 1 && interval_is_faster(&r))
			break;
	}
	return i;
}

/* -P auto, arm `i`, went higher than any -P that was tried: append what that
 * says of the next one to try, after `parallel`. */
static void
add_adaptive_sentence(
    const struct comparison *c, size_t i, unsigned parallel, struct buf *out)
{
	const struct run_figures *run = arm_figures_typical(&c->figures[i]);
	unsigned settled = run->settled;

	buf_adds(out, "-P auto is the fastest");
	if (settled > parallel)
		buf_addf(out, ", with %u in flight", settled);
	if (efficiency(run) >= nothing_left) {
		buf_adds(out, ": nothing is left to gain\n");
	} else if (settled > parallel) {
		buf_addf(out, "; try it as a fixed -P, as in --compare=%u,%u\n",
		    parallel, settled);
	} else {
		buf_adds(out, "; try a higher -P, as in ");
		add_higher(c, parallel, out);
		buf_addc(out, '\n');
	}
}

/* Append what the sweep says in one sentence, which names the -P to use. */
static void
add_knee_sentence(
    const struct comparison *c, const size_t *order, struct buf *out)
{
	size_t at = comparison_knee(c, order);
	unsigned parallel = c->arms->items[order[at]].parallel;
	size_t adaptive = faster_adaptive(c, order[at]);

	if (at + 1 == comparison_fixed(c) && adaptive < c->arms->len) {
		add_adaptive_sentence(c, adaptive, parallel, out);
	} else if (at == 0) {
		buf_addf(out, "-P %u is enough: %s\n", parallel,
		    gains_anything(c, order)
		        ? "higher values gain less than 10 %"
		        : "no higher value was measurably faster");
	} else if (at + 1 < comparison_fixed(c)) {
		buf_addf(out,
		    "The knee is at -P %u: higher values gain less than "
		    "%d %%\n",
		    parallel, KNEE_PERCENT);
	} else if (parallel < c->requests) {
		buf_addf(out,
		    "Still getting faster at -P %u; try higher values, as in ",
		    parallel);
		add_higher(c, parallel, out);
		buf_addc(out, '\n');
	} else {
		buf_addf(out,
		    "-P %u is the fastest: it sends all %zu requests at once\n",
		    parallel, c->requests);
	}
}

/* Append where the knee is, how much it gains over the smallest -P, how little
 * the fastest gains over it, and how much the largest loses. */
static void
add_sweep_verdict(
    const struct comparison *c, const struct style *style, struct buf *out)
{
	size_t *order = comparison_order(c);
	size_t fixed = comparison_fixed(c);
	size_t knee = comparison_knee(c, order);
	size_t best = comparison_fastest_fixed(c, order);
	struct interval loss;

	loss = comparison_ratio(c, order[fixed - 1], order[best]);
	if (fixed > 1) {
		paint(style, PAINT_BOLD, out);
		add_knee_sentence(c, order, out);
		unpaint(style, out);
	} else {
		add_summary_head(c, style, out);
	}
	if (knee != 0)
		add_gain(c, (struct pair){order[0], order[knee]}, style, out);
	if (best != knee)
		add_gain(
		    c, (struct pair){order[knee], order[best]}, style, out);
	if (best + 1 < fixed && interval_is_faster(&loss))
		add_gain(c, (struct pair){order[fixed - 1], order[best]}, style,
		    out);
	if (fixed > 1 && !gains_anything(c, order))
		add_more_runs(c, out);
	add_adaptive(c, (struct pair){.fast = order[best]}, style, out);
	add_floor(c, comparison_fastest(c), out);
	free(order);
}

/* --- the verdict -----------------------------------------------------------
 */

/* Returns the indices of the arms from fast to slow; caller frees. */
static size_t *
by_speed(const struct comparison *c)
{
	size_t *order = xcalloc(c->arms->len, sizeof(*order));

	for (size_t i = 0; i < c->arms->len; i++) {
		size_t at = i;

		for (; at > 0 && median_of(c, order[at - 1]) > median_of(c, i);
		     at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	return order;
}

/* Returns the arm of `kind`, or as many as there are. */
static size_t
find_kind(const struct comparison *c, enum arm_kind kind)
{
	size_t i = 0;

	while (i < c->arms->len && c->arms->items[i].kind != kind)
		i++;
	return i;
}

/* Append which part of the gain comes from reused connections alone. */
static void
add_session_gain(const struct comparison *c, size_t fastest,
    const struct style *style, struct buf *out)
{
	struct pair pair = {find_kind(c, ARM_SYNC), find_kind(c, ARM_SESSION)};
	struct interval r;

	if (pair.slow == c->arms->len || pair.fast == c->arms->len ||
	    pair.fast == fastest || pair.slow == fastest)
		return;
	r = comparison_ratio(c, pair.slow, pair.fast);
	if (interval_is_faster(&r) && r.value >= worth_saying)
		add_gain(c, pair, style, out);
}

/* Append the arms from the fastest rival to the slowest. */
static void
add_arms_verdict(
    const struct comparison *c, const struct style *style, struct buf *out)
{
	size_t *order = by_speed(c);

	add_summary_head(c, style, out);
	for (size_t i = 1; i < c->arms->len; i++)
		add_gain(c, (struct pair){order[i], order[0]}, style, out);
	add_session_gain(c, order[0], style, out);
	add_floor(c, order[0], out);
	add_advice(c, order[0], out);
	free(order);
}

/* Append why there is no interval, if there were too few rounds. */
static void
add_interval_hint(const struct comparison *c, struct buf *out)
{
	size_t rounds = c->figures[0].len;

	if (rounds < BOOTSTRAP_FEWEST)
		buf_addf(out,
		    "  %zu round%s give%s no confidence interval; "
		    "use --runs %d or more\n",
		    rounds, plural(rounds), rounds == 1 ? "s" : "",
		    BOOTSTRAP_FEWEST);
}

void
comparison_add_verdict(
    const struct comparison *c, const struct style *style, struct buf *out)
{
	if (arms_are_sweep(c->arms))
		add_sweep_verdict(c, style, out);
	else
		add_arms_verdict(c, style, out);
	add_interval_hint(c, out);
}
