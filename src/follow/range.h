/*
 * Pages that are known before they are seen: where the links to the next and
 * to the last page differ in one number only, all between them follow.
 */
#ifndef GATHER_FOLLOW_RANGE_H
#define GATHER_FOLLOW_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct range {
	char *before; /* the number; owned, as is `after`; NULL: no range */
	char *after;
	uint64_t next; /* page to make */
	uint64_t last;
};

/*
 * From the URL of a page and its links. The number must be a query parameter
 * that this page has as well, one less; or, where this page has none, 2, and
 * the parameter one of pages (page, p), not of offsets. Two pages at least.
 * False: no such thing, *range is empty.
 */
bool range_find(
    struct range *range, const char *url, const char *next, const char *last);
/* The same from the header Link of its answer. */
bool range_find_links(
    struct range *range, const char *url, const char *headers);
void range_release(struct range *);
/* Append the URL of the next page, as relative as the links were. */
void range_add_url(const struct range *, struct buf *url);

#endif
