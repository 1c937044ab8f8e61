/* Matching regular expressions by PCRE2, which is loaded when the first pattern
 * is compiled. A callout before each item of the pattern pays for what it may
 * read, since both patterns and texts may come from a server. */
#include "config.h"

#include "json/regex.h"

#include "base/xalloc.h"

#ifdef HAVE_PCRE2

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/library.h"

/* Limits, since patterns and texts may both come from a server. */
enum {
	PATTERN_MAX = 4096, /* bytes */
	HEAP_KIB_MAX = 65536,
	STEPS_PER_MATCH = 50,
	STEPS_PER_ITEM = 5,
	BYTES_PER_STEP = 16
};

#define PCRE2_FUNCTIONS(X)      \
	X(code_free)            \
	X(compile)              \
	X(match)                \
	X(match_context_create) \
	X(match_context_free)   \
	X(match_data_create)    \
	X(match_data_free)      \
	X(set_callout)          \
	X(set_heap_limit)

#define MEMBER(name) __typeof__(pcre2_##name##_8) *name;
#define NAME(name)   "pcre2_" #name "_8",

/* The functions of PCRE2: pcre2_NAME_8 is the member NAME. */
struct json_regex_engine {
	PCRE2_FUNCTIONS(MEMBER)
};

static const char *const functions[] = {PCRE2_FUNCTIONS(NAME) NULL};

static const struct library library = {
    .soname = PCRE2_SONAME,
    .package = PCRE2_PACKAGE,
    .functions = functions,
};

/* A compiled pattern. */
struct json_regex {
	const struct json_regex_engine *engine;
	struct buf pattern; /* PCRE2's form */
	pcre2_code *code;
};

/* PCRE2 puts the match into `data`, and gets the callout and its argument,
 * which is of one match, from `limits`. */
struct json_regex_scratch {
	const struct json_regex_engine *engine;
	pcre2_match_data *data;
	pcre2_match_context *limits;
};

struct json_regex_engine *
json_regex_engine_new(char **cause)
{
	struct json_regex_engine *engine = xcalloc(1, sizeof(*engine));

	if (library_load(&library, engine, cause) == 0)
		return engine;
	free(engine);
	return NULL;
}

void
json_regex_engine_free(struct json_regex_engine *engine)
{
	free(engine);
}

/* Compile the PCRE2 form of a pattern; NULL if PCRE2 rejects it. */
static pcre2_code *
compile_pcre2(const struct buf *pattern, struct json_regex_use use)
{
	uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY |
	                   PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_AUTO_CAPTURE |
	                   PCRE2_AUTO_CALLOUT;
	PCRE2_SIZE offset;
	int error;

	if (use.extent == JSON_REGEX_WHOLE)
		options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
	return use.engine->compile((PCRE2_SPTR)pattern->data, pattern->len,
	    options, &error, &offset, NULL);
}

/* Wrap compiled code. Takes the content of `pattern`, in which the callout
 * looks items up. */
static struct json_regex *
new_regex(const struct json_regex_engine *engine, pcre2_code *code,
    struct buf *pattern)
{
	struct json_regex *r = xcalloc(1, sizeof(*r));

	r->engine = engine;
	r->pattern = *pattern;
	buf_init(pattern);
	r->code = code;
	return r;
}

struct json_regex *
json_regex_new(const char *pattern, size_t len, struct json_regex_use use,
    const char **problem)
{
	struct json_regex *r = NULL;
	pcre2_code *code;
	struct buf b;

	if (len > PATTERN_MAX) {
		*problem = "the pattern is longer than 4096 bytes";
		return NULL;
	}
	buf_init(&b);
	buf_adds(&b, "");
	if (json_iregexp_translate(&b, pattern, len, problem)) {
		*problem = "not a valid regular expression";
		code = compile_pcre2(&b, use);
		if (code)
			r = new_regex(use.engine, code, &b);
	}
	buf_release(&b);
	return r;
}

void
json_regex_free(struct json_regex *r)
{
	if (!r)
		return;
	r->engine->code_free(r->code);
	buf_release(&r->pattern);
	free(r);
}

struct json_regex_scratch *
json_regex_scratch_new(const struct json_regex_engine *engine)
{
	struct json_regex_scratch *s = xcalloc(1, sizeof(*s));

	s->engine = engine;
	s->data = engine->match_data_create(1, NULL);
	s->limits = engine->match_context_create(NULL);
	if (!s->data || !s->limits)
		die("out of memory");
	engine->set_heap_limit(s->limits, HEAP_KIB_MAX);
	return s;
}

void
json_regex_scratch_free(struct json_regex_scratch *s)
{
	if (!s)
		return;
	s->engine->match_context_free(s->limits);
	s->engine->match_data_free(s->data);
	free(s);
}

/* What the callout pays by: the regex that is matched, and the budget. */
struct meter {
	const struct json_regex *regex;
	uint64_t *steps;
};

/* Pay `cost`. Returns 0, or an error of PCRE2 that ends the match. */
static int
spend_steps(uint64_t *steps, uint64_t cost)
{
	if (*steps < cost) {
		*steps = 0;
		return PCRE2_ERROR_MATCHLIMIT;
	}
	*steps -= cost;
	return 0;
}

/* Is the item of the callout a character that is repeated? The repeat of a
 * group comes with its closing parenthesis, and costs what is in the group. An
 * escape such as \* or \p{L} passes for a repeat, too, and pays too much. */
static bool
is_repeat(const char *pattern, const pcre2_callout_block *block)
{
	const char *item = pattern + block->pattern_position;
	size_t len = block->next_item_length;

	return len > 1 && item[0] != ')' && strchr("*+?}", item[len - 1]);
}

/* Called by PCRE2 before each item of the pattern. Its own limit would count
 * anew from each start in the text, and count a repeat as one, however far it
 * runs; here a repeat pays for all that it could run over. */
static int
meter_item(pcre2_callout_block *block, void *arg)
{
	const struct meter *meter = arg;
	uint64_t cost = STEPS_PER_ITEM;

	if (is_repeat(meter->regex->pattern.data, block))
		cost += (block->subject_length - block->current_position) /
		        BYTES_PER_STEP;
	return spend_steps(meter->steps, cost);
}

enum json_regex_answer
json_regex_match(const struct json_regex *r, struct json_regex_scratch *s,
    struct json_span text, uint64_t *steps)
{
	struct meter meter = {.regex = r, .steps = steps};
	int n = spend_steps(steps, STEPS_PER_MATCH + text.len / BYTES_PER_STEP);

	r->engine->set_callout(s->limits, meter_item, &meter);
	if (n == 0)
		n = r->engine->match(r->code, (PCRE2_SPTR)text.start, text.len,
		    0, 0, s->data, s->limits);
	if (n >= 0)
		return JSON_REGEX_YES;
	if (n == PCRE2_ERROR_MATCHLIMIT || n == PCRE2_ERROR_HEAPLIMIT)
		return JSON_REGEX_LIMIT;
	return JSON_REGEX_NO;
}

#else

struct json_regex_engine *
json_regex_engine_new(char **cause)
{
	*cause = xstrdup("this gather was built without it; install "
	                 "libpcre2-dev and build again");
	return NULL;
}

void
json_regex_engine_free(struct json_regex_engine *engine)
{
	(void)engine;
}

struct json_regex *
json_regex_new(const char *pattern, size_t len, struct json_regex_use use,
    const char **problem)
{
	(void)pattern;
	(void)len;
	(void)use;
	*problem = "built without PCRE2";
	return NULL;
}

void
json_regex_free(struct json_regex *r)
{
	(void)r;
}

struct json_regex_scratch *
json_regex_scratch_new(const struct json_regex_engine *engine)
{
	(void)engine;
	return NULL;
}

void
json_regex_scratch_free(struct json_regex_scratch *s)
{
	(void)s;
}

enum json_regex_answer
json_regex_match(const struct json_regex *r, struct json_regex_scratch *s,
    struct json_span text, uint64_t *steps)
{
	(void)r;
	(void)s;
	(void)text;
	(void)steps;
	return JSON_REGEX_NO;
}

#endif
