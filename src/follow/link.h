/*
 * Links in the headers of an answer (RFC 8288):
 *
 *	Link: <https://example.org/items?page=2>; rel="next", <...>; rel=last
 */
#ifndef GATHER_FOLLOW_LINK_H
#define GATHER_FOLLOW_LINK_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Append the target of the first link of relation `rel` (lower case) in a
 * block of header lines (NULL: none), as it was written: maybe relative.
 * False, with nothing appended: there is none. Links that speak of another
 * page (anchor) are passed over, and so is what is none; values without quotes
 * may hold blanks.
 */
bool link_find(const char *headers, const char *rel, struct buf *target);

#endif
