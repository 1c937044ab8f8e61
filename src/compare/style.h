/* What a text about a comparison may use where it will be read. */
#ifndef GATHER_COMPARE_STYLE_H
#define GATHER_COMPARE_STYLE_H

#include <stdbool.h>

#include "base/buf.h"
#include "stats/histogram.h"

struct style {
	enum drawing drawing;
	bool color;
	unsigned width; /* columns */
};

/* What a text is, for its colour. */
enum paint {
	PAINT_BOLD,
	PAINT_GOOD,
	PAINT_BAR,
	PAINT_DIM,
	PAINTS
};

/* Append the escape sequence that begins a colour, or ends it; nothing where
 * there are no colours. */
void paint(const struct style *, enum paint, struct buf *out);
void unpaint(const struct style *, struct buf *out);
/* Returns the sign between a mean and its deviation, "±" or "+-". */
const char *plus_minus(enum drawing);
/* Returns the sign between the ends of a range, "…" or "..". */
const char *ellipsis(enum drawing);
/* Returns "s" unless `n` is 1. */
const char *plural(uint64_t n);
/* Append a ratio with three significant digits: "4.98", "18.7", "310". */
void add_ratio_number(struct buf *out, double ratio);

#endif
