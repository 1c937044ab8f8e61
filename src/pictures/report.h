/*
 * The report of a run: one page of HTML (pictures/page.h) with its figures, a
 * histogram, the critical path, a waterfall and a table of requests. Pure.
 */
#ifndef GATHER_PICTURES_REPORT_H
#define GATHER_PICTURES_REPORT_H

#include "base/buf.h"
#include "request/request.h"
#include "request/result.h"
#include "stats/totals.h"

enum {
	REPORT_ROWS = 10000 /* of the table; of more requests it has the first
	                     * and the slowest */
};

struct report;

struct report *report_new(void);
void report_free(struct report *);
/* Add a finished request with its exchanges, which are copied as far as they
 * are needed. */
void report_add(struct report *, const struct request *, const struct result *);
/* Append the page. `when` is the date of the report, as text. */
void report_add_page(
    struct report *, const struct totals *, const char *when, struct buf *out);

#endif
