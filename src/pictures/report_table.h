/* The table of requests of a report (pictures/report.h), as HTML. Pure. */
#ifndef GATHER_PICTURES_REPORT_TABLE_H
#define GATHER_PICTURES_REPORT_TABLE_H

#include "base/buf.h"
#include "pictures/waterfall.h"

/* Append the heading and the table of the requests of a view. Its rows stand in
 * the page, so it can be read and printed where scripts do not run; report.js
 * lets people sort and filter it. */
void report_table_add(struct buf *out, const struct waterfall_view *);

#endif
