/*
 * Parsing paths: the smallest parts that filter_parse.c uses, too, then
 * selectors, segments (RFC 9535, 2.3 and 2.5), JSON Pointers, and at the end
 * whole paths.
 *
 * Functions explain_* are called where the text is no path; they guess from
 * what stands there what was meant, and say what to write instead.
 */
#include "config.h"

#include "json/path_parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "json/regex.h"
#include "json/scan.h"
#include "json/string.h"
#include "text/ascii.h"
#include "text/shell.h"
#include "text/utf8.h"

/* --- the smallest parts -------------------------------------------------- */

int
json_parse_fail(struct json_parser *p, const char *at, const char *fmt, ...)
{
	va_list ap;

	p->error->line = 1;
	p->error->column = utf8_count(p->text, (size_t)(at - p->text)) + 1;
	va_start(ap, fmt);
	vsnprintf(p->error->message, sizeof(p->error->message), fmt, ap);
	va_end(ap);
	return -1;
}

void
json_skip_blanks(struct json_parser *p)
{
	while (json_is_blank(*p->at))
		p->at++;
}

bool
json_take(struct json_parser *p, char c)
{
	if (*p->at != c || p->at == p->end)
		return false;
	p->at++;
	return true;
}

bool
json_take_word(struct json_parser *p, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(p->at, word, len) != 0)
		return false;
	p->at += len;
	return true;
}

size_t
json_name_length(const struct json_parser *p, const char *at)
{
	const char *start = at;
	uint32_t cp;

	while (at != p->end) {
		size_t n = 1;

		if ((unsigned char)*at >= 0x80)
			n = utf8_decode(at, (size_t)(p->end - at), &cp);
		else if (*at != '_' && !ascii_is_alpha(*at) &&
		         (at == start || !ascii_is_digit(*at)))
			break;
		if (n == 0)
			break;
		at += n;
	}
	return (size_t)(at - start);
}

/* Read "0" or digits without a leading zero, with or without a minus, into
 * *n. */
static int
parse_integer(struct json_parser *p, int64_t *n)
{
	const char *start = p->at;
	bool negative = json_take(p, '-');
	const char *digits = p->at;

	*n = 0;
	for (; ascii_is_digit(*p->at); p->at++) {
		*n = *n * 10 + (*p->at - '0');
		if (*n > JSON_INTEGER_MAX)
			return json_parse_fail(p, start,
			    "the largest integer is 9007199254740991 (2^53 - "
			    "1)");
	}
	if (p->at == digits)
		return json_parse_fail(p, p->at, "expected a digit");
	if (*digits == '0' && (negative || p->at - digits > 1))
		return json_parse_fail(p, start,
		    negative ? "an integer does not start with -0"
		             : "an integer has no leading zeros");
	if (negative)
		*n = -*n;
	return 0;
}

/* Read one escape of a string literal, whose backslash comes next. \' is
 * allowed where `quote` is the single one. */
static int
parse_escape(struct json_parser *p, char quote, struct buf *b)
{
	uint32_t cp;
	size_t n =
	    json_escape_decode(p->at, (size_t)(p->end - p->at), quote, &cp);

	if (n == JSON_NO_ESCAPE)
		return json_parse_fail(
		    p, p->at, "unknown escape; write \\\\ for a backslash");
	if (json_is_surrogate(cp))
		return json_parse_fail(p, p->at, "an unpaired surrogate");
	utf8_encode(b, cp);
	p->at += n;
	return 0;
}

/* Append the next character as it is. */
static int
copy_character(struct json_parser *p, struct buf *b)
{
	uint32_t cp;
	size_t n = utf8_decode(p->at, (size_t)(p->end - p->at), &cp);

	if (n == 0)
		return json_parse_fail(p, p->at, "invalid UTF-8");
	buf_add(b, p->at, n);
	p->at += n;
	return 0;
}

/* Read one character of a string literal. */
static int
parse_character(struct json_parser *p, char quote, struct buf *b)
{
	if (p->at == p->end)
		return json_parse_fail(
		    p, p->at, "missing closing quote (%c)", quote);
	if (*p->at == '\\')
		return parse_escape(p, quote, b);
	if ((unsigned char)*p->at < 0x20)
		return json_parse_fail(p, p->at,
		    "raw control character; write \\u%04x",
		    (unsigned)(unsigned char)*p->at);
	return copy_character(p, b);
}

int
json_parse_string(struct json_parser *p, struct json_text *text)
{
	char quote = *p->at++;
	int result = 0;
	struct buf b;

	buf_init(&b);
	while (result == 0 && !json_take(p, quote))
		result = parse_character(p, quote, &b);
	if (result == 0) {
		text->bytes = pool_memdup0(&p->path->pool, b.data, b.len);
		text->len = b.len;
	}
	buf_release(&b);
	return result;
}

/* --- selectors ------------------------------------------------------------ */

/* A selector of the pool, zeroed but for its kind. */
static struct json_selector *
new_selector(struct json_parser *p, enum json_selector_kind kind)
{
	struct json_selector *s =
	    pool_alloc(&p->path->pool, sizeof(struct json_selector));

	s->kind = kind;
	return s;
}

static struct json_selector *
parse_wildcard(struct json_parser *p)
{
	p->at++;
	return new_selector(p, JSON_SELECT_WILDCARD);
}

static struct json_selector *
parse_quoted_name(struct json_parser *p)
{
	struct json_selector *s = new_selector(p, JSON_SELECT_NAME);

	return json_parse_string(p, &s->name) == 0 ? s : NULL;
}

static struct json_selector *
parse_filter(struct json_parser *p)
{
	struct json_selector *s = new_selector(p, JSON_SELECT_FILTER);
	bool dollar_optional = p->dollar_optional;

	/* In a filter of a condition .a could be $.a or @.a. */
	p->dollar_optional = false;
	p->at++;
	s->filter = json_parse_filter(p);
	p->dollar_optional = dollar_optional;
	return s->filter ? s : NULL;
}

/* Does an integer come next, or something that should have been one? */
static bool
at_integer(const struct json_parser *p)
{
	return *p->at == '-' || ascii_is_digit(*p->at);
}

/* Read an integer that may be left out, behind blanks; *has says whether it was
 * there. */
static int
parse_bound(struct json_parser *p, bool *has, int64_t *n)
{
	json_skip_blanks(p);
	*has = at_integer(p);
	return *has ? parse_integer(p, n) : 0;
}

/* Read the rest of a slice, behind its first colon. Blanks behind the last
 * number are left for the caller. */
static int
parse_slice(struct json_parser *p, struct json_slice *slice)
{
	const char *before;
	bool has_step;

	if (parse_bound(p, &slice->has_end, &slice->end) != 0)
		return -1;
	before = p->at;
	json_skip_blanks(p);
	if (json_take(p, ':'))
		return parse_bound(p, &has_step, &slice->step);
	p->at = before;
	return 0;
}

/* Read an integer, and find out by the colon behind it whether it is an index
 * or begins a slice. */
static struct json_selector *
parse_index_or_slice(struct json_parser *p)
{
	struct json_selector *s = new_selector(p, JSON_SELECT_INDEX);
	const char *before;

	s->slice.step = 1;
	if (parse_bound(p, &s->slice.has_start, &s->slice.start) != 0)
		return NULL;
	s->index = s->slice.start;
	before = p->at;
	json_skip_blanks(p);
	if (json_take(p, ':')) {
		s->kind = JSON_SELECT_SLICE;
		return parse_slice(p, &s->slice) == 0 ? s : NULL;
	}
	p->at = before;
	return s;
}

/* Report what is no selector, with what people write in brackets out of habit
 * from shells, JavaScript and older JSONPath. */
static struct json_selector *
explain_selector(struct json_parser *p)
{
	size_t name = json_name_length(p, p->at);

	if (name > 0)
		json_parse_fail(p, p->at,
		    "a name in brackets needs quotes: ['%.*s'] (did the shell "
		    "remove them?)",
		    (int)(name < 40 ? name : 40), p->at);
	else if (*p->at == '(')
		json_parse_fail(p, p->at,
		    "no script expressions; write [-1] for the last element, "
		    "[?...] for a filter");
	else if (*p->at == '@' || *p->at == '!')
		json_parse_fail(p, p->at, "a filter starts with ?: [?@.name]");
	else
		json_parse_fail(p, p->at,
		    "expected a name in quotes, an index, a slice, * or "
		    "?filter");
	return NULL;
}

static struct json_selector *
parse_selector(struct json_parser *p)
{
	if (at_integer(p) || *p->at == ':')
		return parse_index_or_slice(p);
	switch (*p->at) {
	case '*': return parse_wildcard(p);
	case '?': return parse_filter(p);
	case '\'':
	case '"': return parse_quoted_name(p);
	default: return explain_selector(p);
	}
}

/* Report what follows a selector but does not continue or close the
 * brackets. */
static int
explain_bracket(struct json_parser *p)
{
	if (p->at == p->end)
		return json_parse_fail(p, p->at, "missing closing ]");
	return json_parse_fail(p, p->at, "expected , or ]");
}

/* Report `[]`, which is what jq writes for [*]. The path up to there is
 * repeated, quoted for a shell. */
static int
explain_empty_bracket(struct json_parser *p, const char *bracket)
{
	size_t before = (size_t)(bracket - p->text);
	char *path =
	    xasprintf("%.*s[*]", (int)(before < 80 ? before : 80), p->text);
	char *word = shell_quoted(path);
	int rc = json_parse_fail(p, bracket, "write %s", word);

	free(word);
	free(path);
	return rc;
}

/* Read the selectors between brackets; the opening one comes next. */
static int
parse_bracket(struct json_parser *p, struct json_segment *segment)
{
	struct json_selector **tail = &segment->selectors;
	const char *bracket = p->at++;

	json_skip_blanks(p);
	if (*p->at == ']')
		return explain_empty_bracket(p, bracket);
	for (;;) {
		*tail = parse_selector(p);
		if (!*tail)
			return -1;
		tail = &(*tail)->next;
		json_skip_blanks(p);
		if (json_take(p, ']'))
			return 0;
		if (!json_take(p, ','))
			return explain_bracket(p);
		json_skip_blanks(p);
	}
}

/* Report what stands behind a dot but is no shorthand name. */
static int
explain_name(struct json_parser *p)
{
	if (ascii_is_digit(*p->at))
		return json_parse_fail(p, p->at,
		    "write [0] for an element, ['0name'] for a name that "
		    "starts with a digit");
	if (*p->at == '"' || *p->at == '\'')
		return json_parse_fail(p, p->at,
		    "a name in quotes needs brackets: [%c...%c]", *p->at,
		    *p->at);
	if (*p->at == '[')
		return json_parse_fail(p, p->at, "remove the dot before [");
	if (p->at == p->end && p->at == p->text + 1)
		return json_parse_fail(
		    p, p->at, "missing name; $ is the whole document");
	return json_parse_fail(
	    p, p->at, "expected a name or *; write other names as ['...']");
}

/* Read what follows the dots: a name or a star. */
static int
parse_shorthand(struct json_parser *p, struct json_segment *segment)
{
	size_t len = json_name_length(p, p->at);

	if (*p->at == '*') {
		segment->selectors = parse_wildcard(p);
		return 0;
	}
	if (len == 0)
		return explain_name(p);
	segment->selectors = new_selector(p, JSON_SELECT_NAME);
	segment->selectors->name.bytes =
	    pool_memdup0(&p->path->pool, p->at, len);
	segment->selectors->name.len = len;
	p->at += len;
	return 0;
}

/* Read one segment, whose dot or bracket comes next. */
static int
parse_segment(struct json_parser *p, struct json_segment *segment)
{
	if (++p->segments > JSON_SEGMENTS_MAX)
		return json_parse_fail(
		    p, p->at, "more than %d segments", JSON_SEGMENTS_MAX);
	if (*p->at == '[')
		return parse_bracket(p, segment);
	p->at++;
	segment->descendant = json_take(p, '.');
	if (segment->descendant && *p->at == '[')
		return parse_bracket(p, segment);
	return parse_shorthand(p, segment);
}

/* Does this segment select at most one node? (RFC 9535, 2.3.5.1) */
static bool
is_singular(const struct json_segment *segment)
{
	const struct json_selector *s = segment->selectors;

	return !segment->descendant && !s->next &&
	       (s->kind == JSON_SELECT_NAME || s->kind == JSON_SELECT_INDEX);
}

int
json_parse_segments(struct json_parser *p, struct json_query *query)
{
	struct json_segment **tail = &query->segments;

	query->singular = true;
	for (;;) {
		const char *before = p->at;

		json_skip_blanks(p);
		if (*p->at != '.' && *p->at != '[') {
			p->at = before;
			return 0;
		}
		*tail = pool_alloc(&p->path->pool, sizeof(struct json_segment));
		if (parse_segment(p, *tail) != 0)
			return -1;
		(*tail)->end = (size_t)(p->at - p->text);
		query->singular = query->singular && is_singular(*tail);
		tail = &(*tail)->next;
	}
}

/* --- JSON Pointer (RFC 6901) ------------------------------------------------
 */

/* The array index that a token of a JSON Pointer stands for: digits without a
 * leading zero (RFC 6901, 4). -1 if it is none, and names a member only. */
static int64_t
token_index(const struct json_text *token)
{
	int64_t index = 0;

	if (token->len == 0 || (token->len > 1 && token->bytes[0] == '0'))
		return -1;
	for (size_t i = 0; i < token->len; i++) {
		if (!ascii_is_digit(token->bytes[i]))
			return -1;
		index = index * 10 + (token->bytes[i] - '0');
		if (index > JSON_INTEGER_MAX)
			return -1;
	}
	return index;
}

/* Read one character of a token, where ~0 stands for ~ and ~1 for /. */
static int
parse_token_character(struct json_parser *p, struct buf *b)
{
	if (json_take(p, '~')) {
		if (*p->at != '0' && *p->at != '1')
			return json_parse_fail(
			    p, p->at - 1, "write ~0 for ~ and ~1 for /");
		buf_addc(b, *p->at++ == '0' ? '~' : '/');
		return 0;
	}
	return copy_character(p, b);
}

/* Read the characters of a token up to the next slash, decoded. */
static int
parse_token(struct json_parser *p, struct json_text *token)
{
	int result = 0;
	struct buf b;

	buf_init(&b);
	while (result == 0 && p->at != p->end && *p->at != '/')
		result = parse_token_character(p, &b);
	if (result == 0) {
		token->bytes = pool_memdup0(&p->path->pool, b.data, b.len);
		token->len = b.len;
	}
	buf_release(&b);
	return result;
}

/* Read a JSON Pointer, each token as one segment. It is always singular. */
static int
parse_pointer(struct json_parser *p, struct json_query *query)
{
	struct json_segment **tail = &query->segments;
	struct pool *pool = &p->path->pool;

	query->singular = true;
	while (json_take(p, '/')) {
		struct json_selector *s = pool_alloc(pool, sizeof(*s));

		if (++p->segments > JSON_SEGMENTS_MAX)
			return json_parse_fail(p, p->at - 1,
			    "more than %d tokens", JSON_SEGMENTS_MAX);
		s->kind = JSON_SELECT_TOKEN;
		if (parse_token(p, &s->name) != 0)
			return -1;
		s->index = token_index(&s->name);
		*tail = pool_alloc(pool, sizeof(**tail));
		(*tail)->selectors = s;
		(*tail)->end = (size_t)(p->at - p->text);
		tail = &(*tail)->next;
	}
	return 0;
}

/* --- whole paths
 * -------------------------------------------------------------- */

/* Report what is missing in front: `before`, behind which the text would be a
 * path. It is quoted, since it will be pasted into a shell. */
static int
suggest_path(struct json_parser *p, const char *before)
{
	char *path = xasprintf("%s%.60s", before, p->at);
	char *word = shell_word(path);
	int rc = json_parse_fail(p, p->at, "did you mean %s?", word);

	free(word);
	free(path);
	return rc;
}

/* Report a text that starts like no path. An unquoted `$[0]` may reach the
 * program as `0`, since some shells take `$[...]` for arithmetic. */
static int
explain_start(struct json_parser *p)
{
	size_t name = json_name_length(p, p->at);

	if (ascii_is_digit(*p->at) || *p->at == ']')
		return json_parse_fail(p, p->at,
		    "the shell ate `$[`; use single quotes or the `.` form");
	if (*p->at == '@')
		return json_parse_fail(
		    p, p->at, "a path starts with $; @ is for filters");
	if (*p->at == '*')
		return json_parse_fail(p, p->at, "did you mean .*?");
	if (name > 0 && p->at[name] == '(')
		return json_parse_fail(p, p->at,
		    "functions work in filters only, as in $[?length(@.a)>1]");
	if (name > 0 && strchr(".[", p->at[name]))
		return suggest_path(p, ".");
	return json_parse_fail(
	    p, p->at, "a path starts with $, . or [; a JSON Pointer with /");
}

/* Report what stands behind the last segment. */
static int
explain_trailing_text(struct json_parser *p)
{
	size_t name = json_name_length(p, p->at);

	if (p->at == p->text + 1 && name > 0)
		return suggest_path(p, "$.");
	if (*p->at == ' ' || *p->at == '\t' || *p->at == '\n')
		return json_parse_fail(p, p->at,
		    "trailing text after the path (jq filters do not work "
		    "here: pipe into jq)");
	if (*p->at == '-')
		return json_parse_fail(
		    p, p->at, "a name with - needs brackets: ['a-b']");
	if (*p->at == '|')
		return json_parse_fail(
		    p, p->at, "no pipes in JSONPath: pipe the output into jq");
	if (*p->at == '?')
		return json_parse_fail(p, p->at,
		    "no ? needed: a path that matches nothing is not an error");
	if (*p->at == ',')
		return json_parse_fail(
		    p, p->at, "give each path its own option: -j .a -j .b");
	return json_parse_fail(p, p->at, "expected . or [");
}

/* Read a whole JSONPath. Its `$` may be left out before `.` and `[`. */
static int
parse_path(struct json_parser *p)
{
	if (!json_take(p, '$') && *p->at != '.' && *p->at != '[')
		return explain_start(p);
	if (json_parse_segments(p, &p->path->query) != 0)
		return -1;
	return p->at == p->end ? 0 : explain_trailing_text(p);
}

/* Tell JSON Pointers from JSONPaths by the first character. */
static int
parse_any(struct json_parser *p)
{
	if (strncmp(p->text, "//", 2) == 0)
		return json_parse_fail(
		    p, p->text, "did you mean --xpath or --each-xpath?");
	if (*p->text == '/' || *p->text == '\0')
		return parse_pointer(p, &p->path->query);
	return parse_path(p);
}

/* Does the segment with these selectors select one member by its name? */
static bool
names_member(const struct json_selector *s)
{
	return !s->next && (s->kind == JSON_SELECT_NAME ||
	                       (s->kind == JSON_SELECT_TOKEN && s->index < 0));
}

/* The last member name of the path, as a name for its matches. */
static const char *
find_last_name(const struct json_query *query)
{
	const char *name = NULL;

	for (const struct json_segment *s = query->segments; s; s = s->next)
		if (names_member(s->selectors))
			name = s->selectors->name.bytes;
	return name;
}

static int
parse_condition(struct json_parser *p)
{
	p->dollar_optional = true;
	p->path->test = json_parse_filter(p);
	if (!p->path->test)
		return -1;
	json_skip_blanks(p);
	return p->at == p->end
	           ? 0
	           : json_parse_fail(p, p->at, "expected &&, || or the end");
}

static struct json_path *
compile(const char *text, int (*parse)(struct json_parser *),
    struct json_error *error)
{
	struct json_path *path = xcalloc(1, sizeof(*path));
	struct json_parser p = {
	    .text = text,
	    .at = text,
	    .end = text + strlen(text),
	    .path = path,
	    .error = error,
	};

	pool_init(&path->pool);
	if (parse(&p) == 0)
		return path;
	json_path_free(path);
	return NULL;
}

struct json_path *
json_path_new(const char *text, struct json_error *error)
{
	struct json_path *path = compile(text, parse_any, error);

	if (path)
		path->last_name = find_last_name(&path->query);
	return path;
}

struct json_path *
json_condition_new(const char *text, struct json_error *error)
{
	return compile(text, parse_condition, error);
}

void
json_path_free(struct json_path *path)
{
	if (!path)
		return;
	for (struct json_expr *e = path->patterns; e; e = e->next_pattern)
		json_regex_free(e->regex);
	json_regex_engine_free(path->regex_engine);
	pool_release(&path->pool);
	free(path);
}

bool
json_path_is_singular(const struct json_path *path)
{
	return path->query.singular;
}

const char *
json_path_last_name(const struct json_path *path)
{
	return path->last_name;
}
