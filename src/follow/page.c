#include "config.h"

#include "follow/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/xalloc.h"
#include "follow/link.h"
#include "follow/query.h"
#include "json/write.h"
#include "match/match.h"

struct pager {
	const struct way *way;
	char *param;
	uint64_t step;
	struct matcher *path; /* to the next URL, to a cursor, to items */
};

/* A page and what it says of the next one. */
struct turn {
	const struct request *request;
	struct result *result;
	const struct json_spans *found; /* in its body */
	struct buf *url;
};

struct way {
	enum pager_verdict (*next)(const struct pager *, const struct turn *);
	bool reads_body;
};

static enum pager_verdict
next_by_link(const struct pager *p, const struct turn *t)
{
	(void)p;
	return link_find(t->result->headers, "next", t->url) ? PAGER_NEXT
	                                                     : PAGER_END;
}

/* null, false and "" say that there is no more. */
static bool
says_nothing(const struct json_span *span)
{
	return *span->start == 'n' || *span->start == 'f' ||
	       (*span->start == '"' && span->len == 2);
}

static enum pager_verdict
refuse_value(const struct json_span *span, struct result *r)
{
	const char *what = *span->start == '{'   ? "an object"
	                   : *span->start == '[' ? "an array"
	                   : *span->start == '"' ? "a broken string"
	                                         : "just true";

	failure_set(&r->failure, ERROR_JSON, "page", 0,
	    "what --paginate finds is %s: it names no next page", what);
	return PAGER_FAILED;
}

/* The text of the first match. */
static enum pager_verdict
find_text(const struct turn *t, struct buf *text)
{
	const struct json_span *span = t->found->items;
	bool is_text;

	if (t->found->len == 0 || says_nothing(span))
		return PAGER_END;
	is_text = *span->start == '"';
	if (strchr("{[t", *span->start) ||
	    (is_text && !json_add_unescaped(text, span->start, span->len)))
		return refuse_value(span, t->result);
	if (!is_text)
		buf_add(text, span->start, span->len);
	return PAGER_NEXT;
}

static enum pager_verdict
next_by_path(const struct pager *p, const struct turn *t)
{
	(void)p;
	return find_text(t, t->url);
}

static enum pager_verdict
next_by_cursor(const struct pager *p, const struct turn *t)
{
	struct buf cursor;
	enum pager_verdict verdict;

	buf_init(&cursor);
	verdict = find_text(t, &cursor);
	if (verdict == PAGER_NEXT)
		query_add_with(t->url, t->request->url, p->param, &cursor);
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

/* Nothing at all, or the empty array that stands for nothing. */
static bool
matches_nothing(const struct pager *p, const struct json_spans *found)
{
	return found->len == 0 ||
	       (matcher_is_singular(p->path) && is_empty_array(found->items));
}

/* What PARAM is in this page's URL. */
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
next_by_count(const struct pager *p, const struct turn *t)
{
	struct buf count;

	if (matches_nothing(p, t->found))
		return PAGER_END;
	buf_init(&count);
	buf_addu(&count, count_of(p, t->request->url) + p->step);
	query_add_with(t->url, t->request->url, p->param, &count);
	buf_release(&count);
	return PAGER_NEXT;
}

static const struct way by_link = {next_by_link, false};
static const struct way by_path = {next_by_path, true};
static const struct way by_cursor = {next_by_cursor, true};
static const struct way by_count = {next_by_count, true};

/* The N of "PARAM+N"; 0: it is none. */
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
		*cause = xasprintf("--paginate %s needs --items PATH: it ends "
		                   "where that matches nothing",
		    text);
		return -1;
	}
	return compile_path(p, "--items", items, cause);
}

static int
compile(struct pager *p, const char *text, const char *items, char **cause)
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

	if (compile(p, text, items, cause) == 0)
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
	free(p);
}

bool
pager_reads_body(const struct pager *p)
{
	return p->way->reads_body;
}

int
pager_look(const struct pager *p, struct result *r, struct matches *found)
{
	return matcher_find(p->path, found, r);
}

enum pager_verdict
pager_next(
    const struct pager *p, const struct pager_page *page, struct buf *url)
{
	struct turn turn = {
	    page->request, page->result, &page->found->spans, url};

	return p->way->next(p, &turn);
}
