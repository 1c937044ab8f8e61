/* Times, sizes and padding as text. */
#include "config.h"

#include "stats/show.h"

#include "base/clock.h"
#include "text/term_width.h"

struct time_unit
time_unit_for(double seconds)
{
	if (seconds < 1e-3)
		return (struct time_unit){"us", 1e-6, 0};
	if (seconds < 1)
		return (struct time_unit){"ms", 1e-3, 1};
	return (struct time_unit){"s", 1, 3};
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
