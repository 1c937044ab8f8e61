/*
 * Expressions that are applied to the bodies of answers: JSON paths (-j,
 * --items, --each, --paginate) and XPath over HTML and XML (--xpath,
 * --each-xpath). What they find are JSON values, each a span of text: of the
 * body itself where it is JSON, so that nothing is copied and no number
 * changes.
 */
#ifndef GATHER_MATCH_MATCH_H
#define GATHER_MATCH_MATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "json/path.h"
#include "request/result.h"

enum match_language {
	MATCH_JSON,
	MATCH_XPATH,
};

/* An expression as it was given. */
struct match_text {
	enum match_language language;
	const char *option; /* "-j", for messages */
	const char *text;
	size_t skip; /* bytes in front of it: "NAME=" */
};

/* One compiled. */
struct matcher;

/* NULL with *cause set (caller frees): it is none, and where. */
struct matcher *matcher_new(const struct match_text *, char **cause);
/* NULL is fine. */
void matcher_free(struct matcher *);
/* Can it find one value at most? */
bool matcher_is_singular(const struct matcher *);
/* What it is about, in a word: the last member or element that it names.
 * Borrowed. */
const char *matcher_name(const struct matcher *);

/* What was found; zeroed: nothing. 16 bytes for each value, and the text. */
struct matches {
	struct json_spans spans; /* one JSON value each ... */
	struct buf text;         /* ... in here, unless it is in the body */
};

/* Keep the memory for the next ones. */
void matches_clear(struct matches *);
void matches_release(struct matches *);
/* Do they stand in the body? Else that is needed no more. */
bool matches_need_body(const struct matches *);

/* A body as it was read, in one of the languages. */
struct reading;

/* Reusable: a body replaces what was read before. */
struct reading *reading_new(enum match_language);
/* NULL is fine. */
void reading_free(struct reading *);
/* Read the body of `r`, which must live as long as what is found in it. -1:
 * `r` has become a failure (no valid JSON: line and column are named). */
int reading_take(struct reading *, struct result *r);
/* Read what was found in JSON, to match it in turn. */
void reading_take_match(struct reading *, const struct json_span *);
/* All is found: give the memory back. */
void reading_drop(struct reading *);

/* Append to `found`, which holds nothing or other spans of the same body. -1:
 * `r` has become a failure, and what is in `found` is not to be used. */
int matcher_apply(const struct matcher *, const struct reading *,
    struct matches *found, struct result *r);
/* The same with the body of `r`, read for this once: nothing but the matches
 * is kept of what may be the parent of many. */
int matcher_find(
    const struct matcher *, struct matches *found, struct result *r);

#endif
