/* Colours, signs and numbers of the texts about a comparison. */
#include "config.h"

#include "compare/style.h"

#include "stats/show.h"

void
paint(const struct style *style, enum paint what, struct buf *out)
{
	static const char *const codes[PAINTS] = {
	    [PAINT_BOLD] = "1",
	    [PAINT_GOOD] = "1;32",
	    [PAINT_BAR] = "36",
	    [PAINT_DIM] = "2",
	};

	if (style->color)
		buf_addf(out, "\033[%sm", codes[what]);
}

void
unpaint(const struct style *style, struct buf *out)
{
	if (style->color)
		buf_adds(out, "\033[0m");
}

const char *
plus_minus(enum drawing drawing)
{
	return drawing == DRAW_UTF8 ? "±" : "+-";
}

const char *
ellipsis(enum drawing drawing)
{
	return drawing == DRAW_UTF8 ? "…" : "..";
}

const char *
plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

void
add_ratio_number(struct buf *out, double ratio)
{
	buf_addf(out, "%.*f", decimals_for(ratio < 1 ? 1 : ratio, 3), ratio);
}
