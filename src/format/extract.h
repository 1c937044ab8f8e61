/* -j, --xpath and --items: the columns of values that expressions find in a
 * body. The expressions are compiled once per run; the columns are filled for
 * each result. */
#ifndef GATHER_FORMAT_EXTRACT_H
#define GATHER_FORMAT_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/options.h"
#include "match/match.h"
#include "request/result.h"

/* The compiled expressions, with a reading that is used for one body after the
 * other. To be used by one thread at a time. */
struct extractor;

/* What one expression found in one body. */
struct column {
	const char *name; /* its NAME; borrowed from the extractor */
	bool singular;    /* there is one match at most in any body */
	struct matches matches;
	struct buf gap;    /* it found nothing: what was there instead */
	unsigned gap_says; /* how much that says; 0: nothing was noted */
};

/* What all expressions found in one body. The matches stand in the body, or are
 * text of their own. */
struct columns {
	struct column *items;
	size_t len;
	bool of_items; /* -j with --items: match i of all columns belongs to
	                * row i; a missing value is a span without start */
};

/* Must bodies be read: for -j, --xpath or --items, or since the bodies of
 * --collect must be JSON? If not, no extractor is needed. */
bool extract_wanted(const struct output_options *);

/*
 * Compile the expressions of -j or --xpath; without any, the extractor only
 * checks that bodies are JSON. The options must outlive it.
 *
 * The NAME of an expression is the last member or element that it names, unless
 * it is given; a second use of one gets "_2" and so on.
 *
 * NULL with *cause set (caller frees): an expression is malformed, its column
 * is named.
 */
struct extractor *extractor_new(const struct output_options *, char **cause);
/* NULL is fine. */
void extractor_free(struct extractor *);
enum match_language extractor_language(const struct extractor *);
/* The option that the expressions come from, "-j" or "--xpath", for messages.
 * Static. */
const char *extractor_option(const struct extractor *);
size_t extractor_count(const struct extractor *);
/* Are the expressions applied to each item of --items? */
bool extractor_looks_into_items(const struct extractor *);
/* The NAME of expression `i`. Borrowed. */
const char *extractor_name(const struct extractor *, size_t i);
/* How many of the expressions may find more than one value. */
size_t extractor_plural(const struct extractor *);

/* Note which expressions found anything in a body whose result is final, for
 * extractor_add_unmatched. */
void extractor_note_matches(struct extractor *, const struct columns *);
/* Append a message about expression `i` if it found nothing in all the bodies
 * so far: how many they were, and what members were there. False if it found
 * anything, or if there was no body. */
bool extractor_add_unmatched(
    const struct extractor *, size_t i, struct buf *out);

/* Empty columns for the results of an extractor, from which they borrow their
 * names. */
struct columns *columns_new(const struct extractor *);
/* NULL is fine. */
void columns_free(struct columns *);
/* Fill the columns with what all expressions find in the body of `r`. Where the
 * body cannot be read as what it should be (JSON that is not valid: class
 * `json`, with line and column), `r` becomes a failure, and the columns are
 * empty. A result that failed before is left alone, with empty columns. */
void extractor_apply(
    struct extractor *, struct result *r, struct columns *columns);

#endif
