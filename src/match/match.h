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
#include <stdint.h>

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
	size_t skip;  /* bytes in front of it: "NAME=" */
	uint64_t max; /* that may be found in one body; 0: MATCH_MAX */
};

/* Values hold each other, so a body of 2 MB may hold gigabytes of them. */
#define MATCH_MAX (UINT64_C(64) << 20)

/* One compiled. */
struct matcher;

/* NULL with *cause set (caller frees): it is none, and where. */
struct matcher *matcher_new(const struct match_text *, char **cause);
/* NULL is fine. */
void matcher_free(struct matcher *);
/* Can it find one value at most? */
bool matcher_is_singular(const struct matcher *);
enum match_language matcher_language(const struct matcher *);
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
/* Read what was found in JSON, to match it in turn: what is found in there is
 * added to what was found before. */
void reading_take_match(struct reading *, const struct json_span *);
/* Nothing was found so far. */
void reading_begin(struct reading *);
/* All is found: give the memory back. */
void reading_drop(struct reading *);

/* Append to `found`, which holds nothing or other spans of the same body. -1:
 * `r` has become a failure, for example because all that was found in the
 * reading is too much, and what is in `found` is not to be used. */
int matcher_apply(const struct matcher *, struct reading *,
    struct matches *found, struct result *r);
/* What was found is put out more than once: `more` bytes. -1: `r` has become a
 * failure. */
int matcher_repeat(
    const struct matcher *, struct reading *, uint64_t more, struct result *r);
/* The same with the body of `r`, read for this once: nothing but the matches
 * is kept of what may be the parent of many. */
int matcher_find(
    const struct matcher *, struct matches *found, struct result *r);

#endif
