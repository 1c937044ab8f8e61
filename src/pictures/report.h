/* The report of a run: one page of HTML (pictures/page.h). Pure. */
#ifndef GATHER_PICTURES_REPORT_H
#define GATHER_PICTURES_REPORT_H

#include "base/buf.h"
#include "request/request.h"
#include "request/result.h"
#include "stats/totals.h"

enum {
	REPORT_ROWS = 10000 /* of the table; more: the first, the slowest */
};

struct report;

struct report *report_new(void);
void report_free(struct report *);
/* What became of a request, with its exchanges; nothing of it is kept. */
void report_add(struct report *, const struct request *, const struct result *);
/* Append the page. `when` says when the run began, as text. */
void report_add_page(
    struct report *, const struct totals *, const char *when, struct buf *out);

#endif
