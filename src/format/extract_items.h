/*
 * --items: the paths of -j, applied to each item of a page. What they find
 * stands in rows, one for each item, or one for each match of the path that
 * has many: all columns are of the same length, and a value that is missing
 * is a span without start.
 */
#ifndef GATHER_FORMAT_EXTRACT_ITEMS_H
#define GATHER_FORMAT_EXTRACT_ITEMS_H

#include "format/extract.h"
#include "match/match.h"
#include "request/result.h"

struct items;

/* NULL with *cause set (caller frees): a bad path. */
struct items *items_new(const struct output_options *, char **cause);
/* NULL is fine. */
void items_free(struct items *);
/* What to look for in each item, for the next column; borrowed. Without any,
 * the items themselves are the only column. */
void items_add_path(struct items *, const struct matcher *);
/*
 * Find the items of a page, and fill the empty columns. An array that the path
 * of --items names stands for its elements. -1: `r` has become a failure.
 */
int items_apply(
    struct items *, struct reading *page, struct columns *, struct result *r);

#endif
