/* The outcome of a comparison as a page of HTML. */
#ifndef GATHER_COMPARE_PAGE_H
#define GATHER_COMPARE_PAGE_H

#include "base/buf.h"
#include "compare/arms.h"

/* Append the page to the empty buffer: the verdict, a chart of all runs, of a
 * sweep another one of requests per second, and the table. */
void comparison_add_page(const struct comparison *, struct buf *out);

#endif
