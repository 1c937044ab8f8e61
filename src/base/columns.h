/* How wide text stands on a terminal. */
#ifndef GATHER_BASE_COLUMNS_H
#define GATHER_BASE_COLUMNS_H

#include <stddef.h>

#include "base/buf.h"

/* Columns that valid UTF-8 without controls takes: 2 for East Asian wide
 * characters and emoji, 0 for what combines (Unicode 15, UAX #11). */
size_t columns_of(const char *s, size_t len);
/* Append as much of it as fits into `columns`, with `mark` ("..." or the
 * like) at the end if something is missing. Returns the columns used. */
struct columns_cut {
	size_t columns;
	const char *mark;
};
size_t columns_add_cut(
    struct buf *, const char *s, size_t len, const struct columns_cut *);

#endif
