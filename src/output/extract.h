/*
 * -j: paths applied to a body. Compiled once per run; applying one gives
 * spans into the body, never copies.
 */
#ifndef GATHER_OUTPUT_EXTRACT_H
#define GATHER_OUTPUT_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/strlist.h"
#include "request/result.h"

struct extractor;

/* The matches of one path in one body. */
struct column {
	const char *name; /* the NAME; borrowed from the extractor */
	bool singular;    /* the path can match once at most */
	struct {
		const char *start; /* into the body: one JSON value */
		size_t len;
	} * matches;
	size_t matches_len;
	size_t matches_cap;
};

struct columns {
	struct column *items;
	size_t len;
};

/* NULL with *cause set (caller frees): a bad path, its column named. */
struct extractor *extractor_new(const struct strlist *texts, char **cause);
void extractor_free(struct extractor *);
size_t extractor_count(const struct extractor *);
/* How many of the paths are not singular. */
size_t extractor_plural(const struct extractor *);

/* Empty columns, to be reused from result to result. */
struct columns *columns_new(const struct extractor *);
void columns_free(struct columns *);
/*
 * Apply all paths to the body of `r`. If it is no valid JSON, `r` becomes a
 * failure of class `json` with line and column, and the columns are empty.
 * A result that failed before is left alone, with empty columns.
 */
void extractor_apply(
    struct extractor *, struct result *r, struct columns *columns);

#endif
