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

/* The compiled expressions. To be used by one thread at a time. */
struct extractor;

/* What one expression found in one body, or in one item of it. */
struct column {
	const char *name; /* its NAME; borrowed from the extractor */
	bool singular;    /* there is one match at most in any body or item */
	struct matches matches;
	/* With --items, if it is not singular: where the matches of each item
	 * end. A singular column has one match for each item; one that is
	 * missing is a span without start. */
	size_t *ends;
	size_t ends_cap;
	struct buf gap;    /* it found nothing: what was there instead */
	unsigned gap_says; /* how much that says; 0: nothing was noted */
};

/* What all expressions found in one body. The matches stand in the body, or are
 * text of their own. */
struct columns {
	struct column *items;
	size_t len;
	bool of_items;         /* --items: they hold what is in `count` items */
	size_t count;          /* how many items the body has */
	uint64_t record_bytes; /* to be set for extractor_apply: what the record
	                        * of an item takes, its values aside */
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
/* Is each item of a body a record of its own (--items)? */
bool extractor_has_items(const struct extractor *);
/* The NAME of expression `i`. Borrowed. */
const char *extractor_name(const struct extractor *, size_t i);
/* The number of the expression with this NAME; extractor_count() if there is
 * none. */
size_t extractor_find(const struct extractor *, const char *name);
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
/* Show in `view` only what was found in item `i`, from 0. Its columns are the
 * caller's, as many as `columns` has; what is in them is borrowed. */
void columns_show_item(
    const struct columns *columns, size_t i, struct columns *view);
/* Fill the columns with what all expressions find in a body. Where it cannot be
 * read as what it should be (JSON that is not valid: class `json`, with line
 * and column), or more is found than the limit allows, the result becomes a
 * failure, and the columns are empty. A result that failed before is left
 * alone, with empty columns. */
void extractor_apply(
    struct extractor *, struct readings *body, struct columns *columns);

#endif
