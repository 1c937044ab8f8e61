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
#define MATCH_LANGUAGES (MATCH_XPATH + 1)

/* An expression as the user gave it. */
struct match_text {
	enum match_language language;
	const char *option; /* "-j", for messages */
	const char *text;
	size_t skip;  /* bytes of `text` in front of the expression: "NAME=" */
	uint64_t max; /* bytes that may be found in one body; 0: MATCH_MAX */
};

/* How much is found in one body by default. Values hold each other, so a body
 * of 2 MB may hold gigabytes of them. */
#define MATCH_MAX (UINT64_C(64) << 20)

/* A compiled expression. */
struct matcher;

/* Compile an expression; `match_text` may go afterwards. NULL with *cause set
 * (caller frees): it is malformed, and where. */
struct matcher *matcher_new(const struct match_text *, char **cause);
/* NULL is fine. */
void matcher_free(struct matcher *);
/* Can it find one value at most? */
bool matcher_is_singular(const struct matcher *);
enum match_language matcher_language(const struct matcher *);
/* What the expression is about, in a word: the last member or element that it
 * names, or a name by its language. Borrowed. */
const char *matcher_name(const struct matcher *);

/* The option and the expression, for messages: "--each .users". Borrowed. */
const char *matcher_label(const struct matcher *);

/* What was found; zeroed: nothing. It takes 16 bytes for each value, and for
 * XPath their text. */
struct matches {
	struct json_spans spans; /* one JSON value each */
	struct buf text; /* holds the values; empty: they are in the body */
};

/* Forget what was found; the memory stays for what is found next. */
void matches_clear(struct matches *);
void matches_release(struct matches *);
/* Does what was found stand in the body? Else the body is not needed any
 * more. */
bool matches_need_body(const struct matches *);

/* A body as it was read, in one of the languages. */
struct reading;

/*
 * The body of a result on its way through all that is applied to it: it is read
 * once in each language, however many expressions there are.
 */
struct readings;

/* Readings for one body after the other. */
struct readings *readings_new(void);
/* NULL is fine. */
void readings_free(struct readings *);
/* Begin with the body of `r`, which is borrowed, and must live as long as what
 * is found in it. Nothing is read yet. */
void readings_begin(struct readings *, struct result *r);
/* The body has moved to another result: go on with that. */
void readings_move(struct readings *, struct result *r);
/* All that is needed was found: give back the memory of what was read, where it
 * is much. */
void readings_end(struct readings *);
/* The result, which may become a failure. */
struct result *readings_result(const struct readings *);
/* The memory that readings take beside the body, about. */
size_t readings_bytes(const struct readings *);
/* The body, read in this language now or before. What is found in it counts
 * anew, towards the limit of one body. NULL: the result has become a failure
 * (JSON that is not valid: line and column are named). */
struct reading *readings_take(struct readings *, enum match_language);
/* The document that a reading of JSON is about. */
const struct json_doc *reading_json(const struct reading *);
/* Let a value that was found in this reading, of JSON, stand for the body, to
 * be searched in turn. What is found in it counts together with what was found
 * before. */
void reading_enter(struct reading *, const struct json_span *match);
/* Let expressions be about the body again. */
void reading_leave(struct reading *);
/* Begin to count anew what is found, towards the limit of one body. */
void reading_begin(struct reading *);

/* Append what is found to `found`, which holds nothing or other spans of the
 * same body. -1: `r` has become a failure, for example because all that was
 * found in this reading is too large; what is in `found` is then not to be
 * used. */
int matcher_apply(const struct matcher *, struct reading *,
    struct matches *found, struct result *r);
/* Where the expression finds one value at most in any body, and what it found
 * in the reading is a JSON array, put the elements of that in its place: a path
 * to a list means what is in the list. -1: `r` has become a failure, as in
 * matcher_apply. */
int matcher_spread(const struct matcher *, struct reading *,
    struct matches *found, struct result *r);
/* Append, for a message, what is in the reading where the expression, which
 * finds nothing in it, stops: the members there, a few. Their names are the
 * server's, so a terminal must not get them raw. Returns how much that says,
 * to choose among several readings; 0: nothing. */
unsigned matcher_describe_gap(
    const struct matcher *, const struct reading *, struct buf *out);
/* Count `more` bytes of what was found towards the limit, since they are
 * written more than once. -1: `r` has become a failure. */
int matcher_repeat(
    const struct matcher *, struct reading *, uint64_t more, struct result *r);
#endif
