/*
 * The rows of a histogram, which all have round bounds; then its picture:
 * bars, and a line for each row. Bars are used by other pictures of text, too.
 */
#include "config.h"

#include "stats/histogram.h"

#include <inttypes.h>

#include "base/clock.h"
#include "stats/show.h"

enum {
	BAR_LONGEST = 40,  /* columns */
	BAR_SHORTEST = 10, /* columns, even where the terminal is too narrow */
	BOUND_WIDTH = 8,   /* columns of a bound */
	TEXT_WIDTH = 28,   /* of a row, without its bar: bounds and a count */
	SHARPEST = 100,    /* rows are no narrower than the largest value
	                    * divided by this: bounds of two or three digits */
	EIGHTHS = 8        /* that a column can be filled by */
};

static const int64_t steps[] = {1, 2, 5};

/* Returns the `i`th of 1, 2, 5, 10, 20, 50, 100, ... microseconds. */
static int64_t
round_number(size_t i)
{
	int64_t n = steps[i % 3];

	for (i /= 3; i > 0; i--)
		n *= 10;
	return n;
}

/* Returns which round number is the last that is not above `us` (>= 1). */
static size_t
round_below(int64_t us)
{
	size_t i = 0;

	while (round_number(i + 1) <= us)
		i++;
	return i;
}

static void
add_row(struct histogram *h, struct percentiles *p, int64_t from, int64_t until)
{
	uint64_t count =
	    percentiles_below(p, until) - percentiles_below(p, from);

	h->from_us[h->rows] = from;
	h->until_us[h->rows] = until;
	h->count[h->rows++] = count;
	if (count > h->most)
		h->most = count;
}

/* Returns the width of rows that are few enough. Values that differ by less
 * than people say when they tell a time are in one row. */
static int64_t
even_width(int64_t min, int64_t max)
{
	int64_t span = (max - min) / (HISTOGRAM_ROWS - 2);
	int64_t sharpest = (max - 1) / SHARPEST;
	size_t i = round_below((span > sharpest ? span : sharpest) + 1);

	while (round_number(i) <= sharpest ||
	       max / round_number(i) - min / round_number(i) >= HISTOGRAM_ROWS)
		i++;
	return round_number(i);
}

/* Make rows of one width, which is the smallest round number with which they
 * are few enough. */
static void
divide_evenly(struct histogram *h, struct percentiles *p, int64_t min)
{
	int64_t max = percentiles_max(p);
	int64_t width = even_width(min, max);

	h->even = true;
	for (int64_t at = min / width * width; at <= max; at += width)
		add_row(h, p, at, at + width);
}

/* Make rows whose bounds are the round numbers. Where that gives too many, the
 * first row takes all the smallest values, from 0 on. */
static void
divide_by_size(struct histogram *h, struct percentiles *p, int64_t min)
{
	int64_t max = percentiles_max(p);
	size_t last = round_below(max > 0 ? max : 1);
	size_t first = round_below(min > 0 ? min : 1);

	int64_t from = min < round_number(first) ? 0 : round_number(first);

	if (last - first >= HISTOGRAM_ROWS) {
		first = last - HISTOGRAM_ROWS + 1;
		from = 0;
	}
	for (size_t i = first; i <= last; i++)
		add_row(h, p, i == first ? from : round_number(i),
		    round_number(i + 1));
}

struct histogram
histogram_of(struct percentiles *p)
{
	struct histogram h = {0};
	int64_t min = percentiles_min(p);

	if (!percentiles_count(p))
		return h;
	if (percentiles_max(p) / 10 > min)
		divide_by_size(&h, p, min);
	else
		divide_evenly(&h, p, min);
	return h;
}

size_t
bar_width(size_t columns, size_t taken)
{
	if (columns < taken + BAR_SHORTEST)
		return BAR_SHORTEST;
	return columns - taken < BAR_LONGEST ? columns - taken : BAR_LONGEST;
}

void
add_bar(struct buf *out, double share, size_t width, enum drawing drawing)
{
	static const char *const blocks[] = {
	    "", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	size_t eighths = (size_t)(share * (double)(width * EIGHTHS) + 0.5);
	size_t columns = 0;

	if (share > 0 && eighths == 0)
		eighths = 1;
	if (drawing == DRAW_ASCII)
		eighths = (eighths + EIGHTHS - 1) / EIGHTHS * EIGHTHS;
	for (; columns < eighths / EIGHTHS; columns++)
		buf_adds(out, drawing == DRAW_ASCII ? "#" : "█");
	if (eighths % EIGHTHS) {
		buf_adds(out, blocks[eighths % EIGHTHS]);
		columns++;
	}
	for (; columns < width; columns++)
		buf_addc(out, ' ');
}

/* Returns how many decimals a number of `unit_us` microseconds needs to be told
 * from one that differs by `width_us`. */
static int
decimals_of(int64_t width_us, int64_t unit_us)
{
	int decimals = 0;

	for (; width_us < unit_us; width_us *= 10)
		decimals++;
	return decimals;
}

/* Append a bound of a row. Bounds that are equally far apart have one unit, and
 * as many decimals as tell them apart. */
static void
add_bound(struct buf *out, const struct histogram *h, int64_t us)
{
	int64_t last = h->until_us[h->rows - 1];
	struct time_unit unit = time_unit_for((double)last / CLOCK_SECOND);

	if (!h->even) {
		add_round_duration(out, us);
		return;
	}
	unit.decimals = decimals_of(h->until_us[0] - h->from_us[0],
	    (int64_t)(unit.seconds * CLOCK_SECOND + 0.5));
	add_time(out, (double)us / CLOCK_SECOND, unit, 0);
}

void
histogram_add_bounds(
    const struct histogram *h, size_t i, const char *between, struct buf *out)
{
	add_bound(out, h, h->from_us[i]);
	buf_adds(out, between);
	add_bound(out, h, h->until_us[i]);
}

/* Append a bound, right-aligned in its column. */
static void
add_padded_bound(struct buf *out, const struct histogram *h, int64_t us)
{
	struct buf text;

	buf_init(&text);
	add_bound(&text, h, us);
	for (size_t i = text.len; i < BOUND_WIDTH; i++)
		buf_addc(out, ' ');
	buf_adds(out, text.data);
	buf_release(&text);
}

static int
digits_of(uint64_t n)
{
	int digits = 1;

	while (n /= 10)
		digits++;
	return digits;
}

void
histogram_add(const struct histogram *h, enum drawing drawing, size_t columns,
    struct buf *out)
{
	size_t width = bar_width(columns, TEXT_WIDTH);
	int digits = digits_of(h->most);

	for (size_t i = 0; i < h->rows; i++) {
		add_padded_bound(out, h, h->from_us[i]);
		buf_adds(out, drawing == DRAW_ASCII ? " .. " : " … ");
		add_padded_bound(out, h, h->until_us[i]);
		buf_adds(out, "  ");
		add_bar(
		    out, (double)h->count[i] / (double)h->most, width, drawing);
		buf_addf(out, " %*" PRIu64 "\n", digits, h->count[i]);
	}
}
