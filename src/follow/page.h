/*
 * Pagination (--paginate): where the next page of an answer is.
 *
 *	link        the header Link, rel=next (RFC 8288)
 *	PATH        a JSON path to the next URL
 *	PARAM=PATH  a JSON path to the next value of the query parameter PARAM
 *	PARAM+N     the query parameter PARAM, increased by N, until --items
 *	            matches nothing; where the URL has no such parameter, pages
 *	            (N is 1) begin with 1, offsets with 0
 *
 * A pager finds one page after the other. Where the links to the next and to
 * the last page differ in one number only, all pages between them are known
 * after the first answer: a page range, whose pages are fetched side by side.
 */
#ifndef GATHER_FOLLOW_PAGE_H
#define GATHER_FOLLOW_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "match/gap.h"
#include "match/match.h"
#include "request/request.h"
#include "request/result.h"

struct pager;

/* `text` is the argument of --paginate, as above; `items` is the path of
 * --items, or NULL. NULL with *cause set (caller frees) if either is wrong. */
struct pager *pager_new(const char *text, const char *items, char **cause);
/* NULL is fine. */
void pager_free(struct pager *);
/* Does the pager look into the bodies of answers, not into their headers? */
bool pager_reads_body(const struct pager *);

/* Append to *found what the body at hand holds of the next page; only
 * for a pager that reads bodies. Set the gap, where what is found is not that
 * of --items. This may run on a thread that has the pager to itself. Returns -1
 * if the result has become a failure: its body cannot be parsed. */
int pager_look(
    struct pager *, struct readings *, struct matches *found, struct gap *);
/* Count what pager_look found in a body whose result is final. */
void pager_note_gap(struct pager *, const struct gap *);
/* Append a message about the path to the next page if it found nothing in all
 * those bodies. False if it found anything, or if there was no body. */
bool pager_add_unmatched(const struct pager *, struct buf *out);

enum pager_verdict {
	PAGER_END,    /* this was the last page */
	PAGER_NEXT,   /* the URL of the next page was appended */
	PAGER_FAILED, /* the result has become a failure: what was found is not
	               * the name of a page */
};

/* One page, and what pager_look found in it. */
struct pager_page {
	const struct request *request;
	struct result *result;
	const struct matches *found;
};

/* Append to `url` the URL of the page after `page`, whose result is ok. It may
 * be relative to the effective URL of the result. */
enum pager_verdict pager_next(
    const struct pager *, const struct pager_page *page, struct buf *url);

struct page_range {
	char *before;  /* of the URLs, before the number; owned; NULL: empty */
	char *after;   /* of the URLs, after the number; owned */
	uint64_t next; /* number of the page to be made next */
	uint64_t last; /* number of the last page */
};

/*
 * Find the range that the links `next` and `last` of the page at `url` span.
 * The number must be a query parameter that `url` has as well, one less; or,
 * where `url` does not have it, `next` must be 2 and the parameter count pages
 * ("page", "p"), not items. A range has at least two pages. Returns false with
 * *range empty if the links are not like that.
 */
bool page_range_find(struct page_range *range, const char *url,
    const char *next, const char *last);
/* As page_range_find, for the links in the headers of the page's answer. */
bool page_range_find_links(
    struct page_range *range, const char *url, const char *headers);
void page_range_release(struct page_range *);
/* Append the URL of page number range->next, as relative as the links were. */
void page_range_add_url(const struct page_range *range, struct buf *url);

#endif
