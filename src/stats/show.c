/* Times, sizes and padding as text. */
#include "config.h"

#include "stats/show.h"

#include <math.h>

#include "base/clock.h"
#include "stats/decade.h"
#include "text/term_width.h"

enum {
	DECIMALS_MAX = 6
};

/* From the smallest to the largest. */
static const struct time_unit time_units[] = {
    {"us", 1e-6, 0}, {"ms", 1e-3, 1}, {"s", 1, 3}};

enum {
	TIME_UNITS = sizeof(time_units) / sizeof(*time_units)
};

/* Returns the index of the unit in which `seconds` reads well. */
static size_t
unit_index(double seconds)
{
	size_t i = 0;

	while (i + 1 < TIME_UNITS && seconds >= time_units[i + 1].seconds)
		i++;
	return i;
}

struct time_unit
time_unit_for(double seconds)
{
	return time_units[unit_index(seconds)];
}

int
decimals_for(double value, int digits)
{
	int decimals;

	if (value <= 0)
		return 0;
	decimals = digits - 1 - (int)floor(decades_of(value) + 1e-9);
	if (decimals < 0)
		return 0;
	return decimals < DECIMALS_MAX ? decimals : DECIMALS_MAX;
}

int
decimals_for_column(double least, double most)
{
	int decimals = decimals_for(least, most < 100 * least ? 3 : 2);

	while (decimals > 0 && most * power_of_ten(decimals) >= 1e6)
		decimals--;
	return decimals;
}

struct time_unit
time_unit_for_column(double least, double most)
{
	size_t i = unit_index(least);
	struct time_unit unit;

	while (i + 1 < TIME_UNITS && most / time_units[i].seconds >= 1e4)
		i++;
	unit = time_units[i];
	unit.decimals =
	    decimals_for_column(least / unit.seconds, most / unit.seconds);
	return unit;
}

void
add_time(struct buf *out, double seconds, struct time_unit unit, int width)
{
	buf_addf(out, "%*.*f %s", width, unit.decimals, seconds / unit.seconds,
	    unit.name);
}

void
add_duration(struct buf *out, int64_t us)
{
	double s = (double)us / CLOCK_SECOND;

	if (us < 10 * CLOCK_MS)
		buf_addf(out, "%.2f ms", s * 1e3);
	else if (us < CLOCK_SECOND - CLOCK_MS / 2)
		buf_addf(out, "%.0f ms", s * 1e3);
	else if (us < 100 * CLOCK_SECOND)
		buf_addf(out, "%.2f s", s);
	else if (us < 7200 * CLOCK_SECOND)
		buf_addf(out, "%lld min %lld s",
		    (long long)(us / (60 * CLOCK_SECOND)),
		    (long long)(us / CLOCK_SECOND % 60));
	else
		buf_addf(out, "%lld h %lld min",
		    (long long)(us / (3600 * CLOCK_SECOND)),
		    (long long)(us / (60 * CLOCK_SECOND) % 60));
}

void
add_round_duration(struct buf *out, int64_t us)
{
	double seconds = (double)us / CLOCK_SECOND;
	struct time_unit unit = time_unit_for(seconds);

	if (us == 0)
		buf_addc(out, '0');
	else
		buf_addf(out, "%.6g %s", seconds / unit.seconds, unit.name);
}

void
add_size(struct buf *out, uint64_t bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	double size = (double)bytes;
	size_t unit = 0;

	while (size >= 1024 && unit + 1 < sizeof(units) / sizeof(*units)) {
		size /= 1024;
		unit++;
	}
	buf_addf(out, unit ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

void
pad_to(struct buf *out, size_t start, size_t columns)
{
	size_t used = out->len > start
	                  ? term_width_of(out->data + start, out->len - start)
	                  : 0;

	for (; used < columns; used++)
		buf_addc(out, ' ');
}
