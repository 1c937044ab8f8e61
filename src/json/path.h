/*
 * JSONPath (RFC 9535) and JSON Pointer (RFC 6901) over a JSON text, without a
 * tree of the document: a match is a span of the text, so numbers and strings
 * come out as the server wrote them.
 *
 * Of members with the same name, a name selects the last (as most parsers do);
 * wildcards and descendants see all of them. Filters compare numbers by their
 * exact decimal values, and strings by code points. A pattern of match() or
 * search() that is a literal must be an I-Regexp (RFC 9485); another pattern
 * that is not one matches nothing.
 */
#ifndef GATHER_JSON_PATH_H
#define GATHER_JSON_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* A compiled path. It is not changed by being applied, so that threads, each
 * with documents of its own, may share it. */
struct json_path; /* compiled */

/* A value in a text, borrowed from it. */
struct json_span {
	const char *start;
	size_t len;
};

/* A growing list of values. Zeroed, it is an empty one without a limit. */
struct json_spans {
	struct json_span *items;
	size_t len;
	size_t cap;
	uint64_t size; /* the cost of all of them (json_span_cost) */
	uint64_t max;  /* the most that they may cost; 0: no limit */
	bool compact;  /* no blanks stand between the tokens of any of them */
};

/* What a value costs: the bytes it takes in the output, a separator included.
 * Very short ones cost 4, since their entry in the list takes memory, too. */
static inline uint64_t
json_span_cost(const struct json_span *span)
{
	return span->len < 3 ? 4 : (uint64_t)span->len + 1;
}

/* Where a path or a text is wrong, and why. */
struct json_error {
	size_t line;   /* from 1 */
	size_t column; /* from 1, in characters */
	char message[192];
};

/* Compile a path. `$...` is JSONPath, `.x` and `[...]` are short for `$.x`
 * and `$[...]`, `/...` and "" are JSON Pointers. NULL on a malformed one,
 * with error->column set (line is 1) and a message that says what to write
 * instead. */
struct json_path *json_path_new(const char *text, struct json_error *error);
/* NULL is fine. */
void json_path_free(struct json_path *);
/* Can the path match at most once in any document? True for JSON Pointers and
 * for JSONPaths of names and indices only (RFC 9535, 2.3.5.1). */
bool json_path_is_singular(const struct json_path *);
/* The last segment that is one member name, from which a column is named; NULL
 * if there is none. Borrowed from the path. */
const char *json_path_last_name(const struct json_path *);

/* A text that was scanned: strict RFC 8259 in UTF-8, nested at most 1,000
 * levels deep. A byte order mark, which readers may ignore (RFC 8259, 8.1), is
 * not part of it. */
struct json_doc;
/* An empty document, which json_doc_scan fills again and again. */
struct json_doc *json_doc_new(void);
/* NULL is fine. */
void json_doc_free(struct json_doc *);
/* Scan `text` in place of the one before. It is borrowed, and must live as long
 * as matches in it are used. -1 with *error set: it is not JSON; then no path
 * matches anything in the document. */
int json_doc_scan(
    struct json_doc *, const char *text, size_t len, struct json_error *error);

/* Let `value`, which a path has found in the document, stand for all of it:
 * from here on $ is that value, in paths and in conditions. */
void json_doc_enter(struct json_doc *, const struct json_span *value);
/* Let $ be the whole text again. */
void json_doc_leave(struct json_doc *);

/* The memory that the document takes beside its text. */
size_t json_doc_bytes(const struct json_doc *);

/* Append the matches of a path to `out`, in the order of RFC 9535. -1 with
 * error->message set: the budget of steps is used up, or the matches are too
 * large (json_spans_too_many says which); the list is then as long as it
 * was. */
int json_path_apply(const struct json_path *, const struct json_doc *,
    struct json_spans *out, struct json_error *error);

/*
 * Append, for a message, where a path that matches nothing in the document
 * stops: the members at the end of the longest part of it that does match, a
 * few, or what is there instead. `text` is that of the path. The names are as
 * the document has them: not to be shown on a terminal as they are.
 *
 * Returns how much that says: more for a longer part, and for members. 0: no
 * document was scanned, and nothing was appended.
 */
unsigned json_path_describe_gap(const struct json_path *, const char *text,
    const struct json_doc *, struct buf *out);

/*
 * A condition: a logical expression as in a filter (RFC 9535, 2.3.5.1), in
 * which both $ and @ stand for the whole document, as in
 * `$.state == "done" && length($.items) > 0`. Outside of filters in it the $
 * may be left out before a dot or a bracket: `.state == "done"`.
 *
 * NULL on a bad one, as json_path_new. Free it with json_path_free.
 */
struct json_path *json_condition_new(
    const char *text, struct json_error *error);
/* Does the condition hold for the document? 1 or 0; -1: the step budget is
 * used up, and `error` says so. */
int json_condition_test(const struct json_path *condition,
    const struct json_doc *, struct json_error *error);

/* Append one value. */
void json_spans_add(struct json_spans *, struct json_span);
/* To be called before values are appended: are they known to be compact? */
static inline void
json_spans_expect(struct json_spans *spans, bool compact)
{
	spans->compact = compact && (spans->compact || spans->len == 0);
}
static inline bool
json_spans_too_many(const struct json_spans *spans)
{
	return spans->max && spans->size > spans->max;
}
/* Forget the values; the memory and the limit stay. */
void json_spans_clear(struct json_spans *);
void json_spans_release(struct json_spans *);

#endif
