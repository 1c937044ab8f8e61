/*
 * The report of a run: one page of HTML (pictures/page.h) with its command, its
 * figures, what became of the requests and where they went, how long they took,
 * the critical path, a waterfall and a table of requests. Its memory is
 * bounded, however many requests there are. Pure.
 */
#ifndef GATHER_PICTURES_REPORT_H
#define GATHER_PICTURES_REPORT_H

#include "base/buf.h"
#include "request/request.h"
#include "request/result.h"
#include "stats/totals.h"

enum {
	REPORT_ROWS = 10000 /* of the table; of more requests it has the first
	                     * and the slowest, and failures */
};

struct report;

struct report *report_new(void);
void report_free(struct report *);
/* Add a finished request with its exchanges, which are copied as far as they
 * are needed. */
void report_add(struct report *, const struct request *, const struct result *);
/* The run that a report is about. All is borrowed. */
struct report_run {
	const struct totals *totals;
	const char *when;    /* the date of the report */
	const char *command; /* without secrets; "": not known */
};
/* Append the page. */
void report_add_page(
    struct report *, const struct report_run *, struct buf *out);

#endif
