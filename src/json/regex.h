/* I-Regexp (RFC 9485): checked, translated to PCRE2 (iregexp.c), and matched
 * with a limit (regex.c). As in the mapping that RFC 9485, 5.4 gives, ^ and $
 * outside of brackets are anchors. */
#ifndef GATHER_JSON_REGEX_H
#define GATHER_JSON_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "json/path.h"

/* PCRE2, loaded when a path calls match() or search(). */
struct json_regex_engine;
/* Load PCRE2. NULL with *cause set (caller frees): this program was built
 * without it, or it is not installed. */
struct json_regex_engine *json_regex_engine_new(char **cause);
/* NULL is fine. No regex of the engine may be in use any more. */
void json_regex_engine_free(struct json_regex_engine *);

/* A compiled regular expression. It is not changed by being matched. */
struct json_regex; /* compiled */
/* What is written to while regexes of an engine are matched: one for each
 * evaluation, so that threads may share what is compiled. */
struct json_regex_scratch;
struct json_regex_scratch *json_regex_scratch_new(
    const struct json_regex_engine *);
/* NULL is fine. */
void json_regex_scratch_free(struct json_regex_scratch *);

/* How much of a text must match. NONE marks a function without a pattern. */
enum json_regex_extent {
	JSON_REGEX_NONE,
	JSON_REGEX_WHOLE, /* must match the whole text: match() */
	JSON_REGEX_PART,  /* some part of it: search() */
};

/* By which engine a pattern is compiled, and for what. The engine is borrowed
 * and must outlive the regex. */
struct json_regex_use {
	const struct json_regex_engine *engine;
	enum json_regex_extent extent;
};
/* Compile a pattern of `len` bytes. NULL with *problem set (static): it is not
 * an I-Regexp, or too long. */
struct json_regex *json_regex_new(const char *pattern, size_t len,
    struct json_regex_use use, const char **problem);
/* NULL is fine. */
void json_regex_free(struct json_regex *);

/* LIMIT: the budget ran out before there was an answer. */
enum json_regex_answer {
	JSON_REGEX_NO,
	JSON_REGEX_YES,
	JSON_REGEX_LIMIT, /* took too much */
};
/* Does the regex match `text`, valid UTF-8? What that costs is subtracted from
 * *steps; when nothing is left the answer is JSON_REGEX_LIMIT. */
enum json_regex_answer json_regex_match(const struct json_regex *,
    struct json_regex_scratch *, struct json_span text, uint64_t *steps);

/* Append the PCRE2 form of `pattern`. Returns false with *problem set (static)
 * if it is not an I-Regexp; `out` then holds a part of it. */
bool json_iregexp_translate(
    struct buf *out, const char *pattern, size_t len, const char **problem);

#endif
