/*
 * Pagination: where the next page of an answer is.
 *
 *	link        the header Link, rel=next (RFC 8288)
 *	PATH        a JSON path to the next URL
 *	PARAM=PATH  a JSON path to what becomes the query parameter PARAM
 *	PARAM+N     the query parameter PARAM, N more, until --items matches
 *	            nothing; where it isn't there, pages (N is 1) begin with 1,
 *	            offsets with 0
 */
#ifndef GATHER_FOLLOW_PAGE_H
#define GATHER_FOLLOW_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "match/match.h"
#include "request/request.h"
#include "request/result.h"

struct pager;

/* `text` as above, `items` the path of --items or NULL. NULL with *cause set
 * (caller frees). */
struct pager *pager_new(const char *text, const char *items, char **cause);
/* NULL is fine. */
void pager_free(struct pager *);
/* Does it look into bodies? Else into headers. */
bool pager_reads_body(const struct pager *);

/* Find in the body what pager_next wants to know; only where pager_reads_body.
 * Does not change the pager. -1: the result has become a failure. */
int pager_look(const struct pager *, struct result *, struct matches *found);

enum pager_verdict {
	PAGER_END,    /* it was the last page */
	PAGER_NEXT,   /* the next page's URL was appended */
	PAGER_FAILED, /* the result has become a failure: no valid JSON */
};

/* A page, and what pager_look found in it. */
struct pager_page {
	const struct request *request;
	struct result *result;
	const struct matches *found;
};

/* What follows on a result that is ok. The URL is relative to the effective
 * one. */
enum pager_verdict pager_next(
    const struct pager *, const struct pager_page *, struct buf *url);

#endif
