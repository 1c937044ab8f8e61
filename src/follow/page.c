/*
 * First the four forms of --paginate: each is a function that finds the next
 * page of an answer, and the argument chooses one of them. Then page ranges,
 * which need nothing but the links of the first page.
 */
#include "config.h"

#include "follow/page.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "follow/link.h"
#include "json/write.h"
#include "match/match.h"
#include "text/ascii.h"

/* --- the next page -------------------------------------------------------- */

struct pager {
	const struct way *way;
	char *param;          /* PARAM; NULL: the whole URL is found */
	uint64_t step;        /* N of PARAM+N */
	struct matcher *path; /* to the next URL, to a cursor, to items */
	struct gap_finder gaps;
	struct gap_sum unmatched;
};

/* One step from a page to the next: pager_page without its wrapping, and where
 * the URL goes. */
struct page_step {
	const struct request *request;
	struct result *result;
	const struct json_spans *found; /* in the body of the page */
	struct buf *url;                /* to append the next URL to */
};

/* One of the four forms of --paginate. */
struct way {
	enum pager_verdict (*next)(
	    const struct pager *, const struct page_step *);
	bool reads_body;
};

static enum pager_verdict
next_by_link(const struct pager *p, const struct page_step *step)
{
	(void)p;
	return link_find(step->result->headers, "next", step->url) ? PAGER_NEXT
	                                                           : PAGER_END;
}

/* Does what was found say that there is no next page: null, false or ""? */
static bool
says_nothing(const struct json_span *span)
{
	return *span->start == 'n' || *span->start == 'f' ||
	       (*span->start == '"' && span->len == 2);
}

/* What was found is neither a text nor a number. */
static enum pager_verdict
reject_value(const struct json_span *span, struct result *r)
{
	const char *what = *span->start == '{'   ? "an object"
	                   : *span->start == '[' ? "an array"
	                   : *span->start == '"' ? "a broken string"
	                                         : "just true";

	failure_set(&r->failure, ERROR_JSON, "page", 0,
	    "--paginate found %s where the next page should be named", what);
	return PAGER_FAILED;
}

/* Append the text of the first match. */
static enum pager_verdict
add_found_text(const struct page_step *step, struct buf *text)
{
	const struct json_span *span = step->found->items;
	bool is_text;

	if (step->found->len == 0 || says_nothing(span))
		return PAGER_END;
	is_text = *span->start == '"';
	if (strchr("{[t", *span->start) ||
	    (is_text && !json_add_unescaped(text, span->start, span->len)))
		return reject_value(span, step->result);
	if (!is_text)
		buf_add(text, span->start, span->len);
	return PAGER_NEXT;
}

static enum pager_verdict
next_by_path(const struct pager *p, const struct page_step *step)
{
	(void)p;
	return add_found_text(step, step->url);
}

static enum pager_verdict
next_by_cursor(const struct pager *p, const struct page_step *step)
{
	struct buf cursor;
	enum pager_verdict verdict;

	buf_init(&cursor);
	verdict = add_found_text(step, &cursor);
	if (verdict == PAGER_NEXT)
		query_add_with(
		    step->url, step->request->url, p->param, &cursor);
	buf_release(&cursor);
	return verdict;
}

static bool
is_empty_array(const struct json_span *span)
{
	struct json_span s = *span;

	if (*s.start != '[')
		return false;
	s.start += 1 + strspn(s.start + 1, " \t\r\n");
	return *s.start == ']';
}

/* Did --items match nothing? A path to one value matches the array that holds
 * the items, and that is there, though empty, on the last page. */
static bool
matches_nothing(const struct pager *p, const struct json_spans *found)
{
	return found->len == 0 ||
	       (matcher_is_singular(p->path) && is_empty_array(found->items));
}

/* The number that PARAM is in the URL of a page. Without PARAM that is the
 * first page, whose number is 1, or offset 0. */
static uint64_t
count_of(const struct pager *p, const char *url)
{
	size_t len;
	const char *value = query_get(url, p->param, &len);

	if (!value || !ascii_is_digit(*value))
		return p->step == 1;
	return strtoull(value, NULL, 10);
}

static enum pager_verdict
next_by_count(const struct pager *p, const struct page_step *step)
{
	struct buf count;

	if (matches_nothing(p, step->found))
		return PAGER_END;
	buf_init(&count);
	buf_addu(&count, count_of(p, step->request->url) + p->step);
	query_add_with(step->url, step->request->url, p->param, &count);
	buf_release(&count);
	return PAGER_NEXT;
}

static const struct way by_link = {next_by_link, false};
static const struct way by_path = {next_by_path, true};
static const struct way by_cursor = {next_by_cursor, true};
static const struct way by_count = {next_by_count, true};

/* The N of "PARAM+N", with the length of PARAM; 0: `text` is not like that. */
static uint64_t
step_of(const char *text, size_t *name_len)
{
	const char *plus = strrchr(text, '+');
	uint64_t step;
	char *end;

	if (!plus || plus == text || !ascii_is_digit(plus[1]))
		return 0;
	step = strtoull(plus + 1, &end, 10);
	*name_len = (size_t)(plus - text);
	return *end == '\0' && step <= UINT32_MAX ? step : 0;
}

static bool
begins_path(const char *text)
{
	return *text && strchr("$.[/", *text);
}

static int
compile_path(
    struct pager *p, const char *option, const char *text, char **cause)
{
	const struct match_text given = {.option = option, .text = text};

	p->path = matcher_new(&given, cause);
	return p->path ? 0 : -1;
}

static int
compile_count(
    struct pager *p, const char *text, const char *items, char **cause)
{
	size_t len = 0;

	p->step = step_of(text, &len);
	p->way = &by_count;
	p->param = xmemdup0(text, len);
	if (!items) {
		*cause = xasprintf("--paginate %s needs --items PATH: the last "
		                   "page is the one where it matches nothing",
		    text);
		return -1;
	}
	return compile_path(p, "--items", items, cause);
}

/* Tell the four forms apart. A path that begins with a dot, a bracket, `$` or a
 * slash can be told from a parameter's name. */
static int
parse_paginate(
    struct pager *p, const char *text, const char *items, char **cause)
{
	const char *equals = strchr(text, '=');
	size_t len;

	p->way = &by_link;
	if (strcmp(text, "link") == 0)
		return 0;
	if (begins_path(text)) {
		p->way = &by_path;
		return compile_path(p, "--paginate", text, cause);
	}
	if (step_of(text, &len))
		return compile_count(p, text, items, cause);
	if (equals && equals > text && begins_path(equals + 1)) {
		p->way = &by_cursor;
		p->param = xmemdup0(text, (size_t)(equals - text));
		return compile_path(p, "--paginate", equals + 1, cause);
	}
	*cause = xasprintf("--paginate wants link, a path to the next URL "
	                   "(.next), PARAM=PATH (cursor=.next_cursor) or "
	                   "PARAM+N (page+1), not %s",
	    text);
	return -1;
}

struct pager *
pager_new(const char *text, const char *items, char **cause)
{
	struct pager *p = xcalloc(1, sizeof(*p));

	if (parse_paginate(p, text, items, cause) == 0)
		return p;
	pager_free(p);
	return NULL;
}

void
pager_free(struct pager *p)
{
	if (!p)
		return;
	free(p->param);
	matcher_free(p->path);
	gap_sum_release(&p->unmatched);
	free(p);
}

bool
pager_reads_body(const struct pager *p)
{
	return p->way->reads_body;
}

/* The gaps of --items are told by those who extract the items. */
int
pager_look(struct pager *p, struct readings *body, struct matches *found,
    struct gap *gap)
{
	struct reading *reading =
	    readings_take(body, matcher_language(p->path));
	int rc;

	if (!reading)
		return -1;
	rc = matcher_apply(p->path, reading, found, readings_result(body));
	if (rc == 0 && p->way != &by_count) {
		gap->matched = found->spans.len > 0;
		gap_find(&p->gaps, p->path, reading, gap);
	}
	return rc;
}

void
pager_note_gap(struct pager *p, const struct gap *gap)
{
	gap_sum_add(&p->unmatched, gap);
}

bool
pager_add_unmatched(const struct pager *p, struct buf *out)
{
	return gap_sum_describe(
	    &p->unmatched, p->path, ", so there was no next page", out);
}

enum pager_verdict
pager_next(
    const struct pager *p, const struct pager_page *page, struct buf *url)
{
	struct page_step step = {
	    page->request, page->result, &page->found->spans, url};

	return p->way->next(p, &step);
}

/* --- pages that are known before they are seen ---------------------------- */

enum {
	DIGITS_MAX = 18 /* of a page's number: what an int64_t surely holds */
};

/* The number at `s`; *end is set behind it. 0: there is none, or it has leading
 * zeros, which the URLs made of it would lose. */
static uint64_t
number_at(const char *s, const char **end)
{
	uint64_t n = 0;

	for (*end = s; ascii_is_digit(**end); *end += 1) {
		if (*end - s >= DIGITS_MAX || *s == '0')
			return 0;
		n = n * 10 + (uint64_t)(**end - '0');
	}
	return n;
}

/* The offset of the number in which `a` and `b` first differ; the end of what
 * they share if it is not a number. */
static size_t
first_difference(const char *a, const char *b)
{
	size_t at = 0;

	while (a[at] && a[at] == b[at])
		at++;
	while (at && ascii_is_digit(a[at - 1]))
		at--;
	return at;
}

/* The NAME of "?NAME=" or "&NAME=" at the end of `text`; NULL: `text` does not
 * end like that. Caller frees. */
static char *
parameter_before(const char *text, size_t len)
{
	size_t start = len;

	if (!len || text[len - 1] != '=')
		return NULL;
	while (start && !strchr("?&", text[start - 1]))
		start--;
	return start ? xmemdup0(text + start, len - 1 - start) : NULL;
}

/* Is it likely that the parameter `name` counts pages, not items? */
static bool
counts_pages(const char *name)
{
	for (const char *s = name; *s; s++) {
		if (strncasecmp(s, "page", 4) == 0)
			return true;
	}
	return strcasecmp(name, "p") == 0;
}

/* Is the number of the page at `url` right before `next`? A URL without the
 * parameter is page 1, but may as well be offset 0. */
static bool
is_before(const char *url, const char *name, uint64_t next)
{
	size_t len;
	const char *end, *value = query_get(url, name, &len);

	if (!value)
		return next == 2 && counts_pages(name);
	return number_at(value, &end) + 1 == next && end == value + len;
}

bool
page_range_find(struct page_range *range, const char *url, const char *next,
    const char *last)
{
	size_t at = first_difference(next, last);
	const char *behind_next, *behind_last;
	uint64_t from = number_at(next + at, &behind_next);
	uint64_t to = number_at(last + at, &behind_last);
	char *name = parameter_before(next, at);

	*range = (struct page_range){0};
	if (name && from && to > from &&
	    strcmp(behind_next, behind_last) == 0 && is_before(url, name, from))
		*range = (struct page_range){
		    .before = xmemdup0(next, at),
		    .after = xstrdup(behind_next),
		    .next = from,
		    .last = to,
		};
	free(name);
	return range->before;
}

bool
page_range_find_links(
    struct page_range *range, const char *url, const char *headers)
{
	struct buf next, last;
	bool found;

	*range = (struct page_range){0};
	buf_init(&next);
	buf_init(&last);
	found = link_find(headers, "next", &next) &&
	        link_find(headers, "last", &last) && next.len && last.len &&
	        page_range_find(range, url, next.data, last.data);
	buf_release(&next);
	buf_release(&last);
	return found;
}

void
page_range_release(struct page_range *range)
{
	free(range->before);
	free(range->after);
	*range = (struct page_range){0};
}

void
page_range_add_url(const struct page_range *range, struct buf *url)
{
	buf_adds(url, range->before);
	buf_addu(url, range->next);
	buf_adds(url, range->after);
}
