#include "config.h"

#include "timing/show.h"

#include "base/columns.h"

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
pad_to(struct buf *out, size_t start, size_t columns)
{
	size_t used = out->len > start
	                  ? columns_of(out->data + start, out->len - start)
	                  : 0;

	for (; used < columns; used++)
		buf_addc(out, ' ');
}
