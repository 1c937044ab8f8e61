#include "config.h"

#include "json/regex.h"

#ifdef HAVE_PCRE2

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "base/xalloc.h"

/* What a match may cost, in PCRE2's own units: milliseconds. Patterns and
 * texts may both come from a server. */
enum {
	PATTERN_MAX = 4096, /* bytes */
	STEPS_BASE = 50000,
	STEPS_PER_BYTE = 16,
	STEPS_TEXT_MAX = 1 << 20, /* bytes that count for STEPS_PER_BYTE */
	HEAP_KIB_MAX = 16384
};

struct json_regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
};

bool
json_regex_available(void)
{
	return true;
}

static pcre2_code *
compile(const struct buf *pattern, enum json_regex_extent extent)
{
	uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY |
	                   PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_AUTO_CAPTURE;
	PCRE2_SIZE offset;
	int error;

	if (extent == JSON_REGEX_WHOLE)
		options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
	return pcre2_compile((PCRE2_SPTR)pattern->data, pattern->len, options,
	    &error, &offset, NULL);
}

static struct json_regex *
wrap(pcre2_code *code)
{
	struct json_regex *r = xcalloc(1, sizeof(*r));

	r->code = code;
	r->data = pcre2_match_data_create(1, NULL);
	r->limits = pcre2_match_context_create(NULL);
	if (!r->data || !r->limits)
		die("out of memory");
	pcre2_set_heap_limit(r->limits, HEAP_KIB_MAX);
	return r;
}

struct json_regex *
json_regex_new(const char *pattern, size_t len, enum json_regex_extent extent,
    const char **problem)
{
	pcre2_code *code = NULL;
	struct buf b;

	if (len > PATTERN_MAX) {
		*problem = "a pattern of more than 4096 bytes";
		return NULL;
	}
	buf_init(&b);
	buf_adds(&b, "");
	if (json_iregexp_translate(&b, pattern, len, problem)) {
		*problem = "no valid regular expression";
		code = compile(&b, extent);
	}
	buf_release(&b);
	return code ? wrap(code) : NULL;
}

void
json_regex_free(struct json_regex *r)
{
	if (!r)
		return;
	pcre2_match_context_free(r->limits);
	pcre2_match_data_free(r->data);
	pcre2_code_free(r->code);
	free(r);
}

static uint32_t
limit_for(size_t len)
{
	if (len > STEPS_TEXT_MAX)
		len = STEPS_TEXT_MAX;
	return STEPS_BASE + STEPS_PER_BYTE * (uint32_t)len;
}

enum json_regex_answer
json_regex_match(const struct json_regex *r, const char *text, size_t len)
{
	int n;

	pcre2_set_match_limit(r->limits, limit_for(len));
	n = pcre2_match(
	    r->code, (PCRE2_SPTR)text, len, 0, 0, r->data, r->limits);
	if (n >= 0)
		return JSON_REGEX_YES;
	if (n == PCRE2_ERROR_MATCHLIMIT || n == PCRE2_ERROR_HEAPLIMIT ||
	    n == PCRE2_ERROR_DEPTHLIMIT)
		return JSON_REGEX_LIMIT;
	return JSON_REGEX_NO;
}

#else

bool
json_regex_available(void)
{
	return false;
}

struct json_regex *
json_regex_new(const char *pattern, size_t len, enum json_regex_extent extent,
    const char **problem)
{
	(void)pattern;
	(void)len;
	(void)extent;
	*problem = "built without PCRE2";
	return NULL;
}

void
json_regex_free(struct json_regex *r)
{
	(void)r;
}

enum json_regex_answer
json_regex_match(const struct json_regex *r, const char *text, size_t len)
{
	(void)r;
	(void)text;
	(void)len;
	return JSON_REGEX_NO;
}

#endif
