/*
 * -j and --xpath: the columns of values that expressions find in a body.
 * Compiled once per run.
 */
#ifndef GATHER_FORMAT_EXTRACT_H
#define GATHER_FORMAT_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/options.h"
#include "match/match.h"
#include "request/result.h"

struct extractor;

/* What one expression found in one body. */
struct column {
	const char *name; /* the NAME; borrowed from the extractor */
	bool singular;    /* there can be one match at most */
	struct matches matches;
};

struct columns {
	struct column *items;
	size_t len;
	bool of_items; /* -j with --items: the matches of all columns stand
	                * in rows, with spans without start in them */
};

/* Must bodies be read: for -j or --xpath, or as the JSON bodies of
 * --collect? If not, no extractor is needed. */
bool extract_wanted(const struct output_options *);

/*
 * Compile the expressions of -j or --xpath; without any, the extractor only
 * checks that bodies are JSON. A NAME is the last member or element that the
 * expression names, unless it is given; a second use of one gets "_2" and so
 * on. NULL with *cause set (caller frees): a bad one, its column named.
 */
struct extractor *extractor_new(const struct output_options *, char **cause);
void extractor_free(struct extractor *);
enum match_language extractor_language(const struct extractor *);
/* "-j" or "--xpath", for messages. Static. */
const char *extractor_option(const struct extractor *);
size_t extractor_count(const struct extractor *);
/* Are the expressions applied to each item of --items? */
bool extractor_looks_into_items(const struct extractor *);
/* The NAME of expression `i`. Borrowed. */
const char *extractor_name(const struct extractor *, size_t i);
/* How many of the expressions are not singular. */
size_t extractor_plural(const struct extractor *);

/* Note which expressions matched in a body whose result is final, for
 * extractor_unmatched. */
void extractor_note_matches(struct extractor *, const struct columns *);
/* The first expression, as it was given, that matched nothing in all the
 * bodies so far, and in how many; NULL: there is none. Borrowed. */
const char *extractor_unmatched(const struct extractor *, uint64_t *bodies);

/* Empty columns, to be reused from result to result. */
struct columns *columns_new(const struct extractor *);
void columns_free(struct columns *);
/*
 * Apply all expressions to the body of `r`. If it cannot be read as what it
 * should be (no valid JSON: class `json`, with line and column), `r` becomes
 * a failure, and the columns are empty.
 * A result that failed before is left alone, with empty columns.
 */
void extractor_apply(
    struct extractor *, struct result *r, struct columns *columns);

#endif
