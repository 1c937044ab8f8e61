#include "config.h"

#include "follow/range.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/ascii.h"
#include "base/xalloc.h"
#include "follow/link.h"
#include "follow/query.h"

enum {
	DIGITS_MAX = 18
};

/* The number at `s`, without leading zeros; 0: there is none. */
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

/* Where the number begins in which the two differ. */
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

/* The name in front of "NAME=" at the end of `text`; NULL: none is. */
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

static bool
counts_pages(const char *name)
{
	for (const char *s = name; *s; s++) {
		if (strncasecmp(s, "page", 4) == 0)
			return true;
	}
	return strcasecmp(name, "p") == 0;
}

/* Does the page at `url` come right before number `next`? */
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
range_find(
    struct range *range, const char *url, const char *next, const char *last)
{
	size_t at = first_difference(next, last);
	const char *behind_next, *behind_last;
	uint64_t from = number_at(next + at, &behind_next);
	uint64_t to = number_at(last + at, &behind_last);
	char *name = parameter_before(next, at);

	*range = (struct range){0};
	if (name && from && to > from &&
	    strcmp(behind_next, behind_last) == 0 && is_before(url, name, from))
		*range = (struct range){
		    .before = xmemdup0(next, at),
		    .after = xstrdup(behind_next),
		    .next = from,
		    .last = to,
		};
	free(name);
	return range->before;
}

bool
range_find_links(struct range *range, const char *url, const char *headers)
{
	struct buf next, last;
	bool found;

	*range = (struct range){0};
	buf_init(&next);
	buf_init(&last);
	found = link_find(headers, "next", &next) &&
	        link_find(headers, "last", &last) && next.len && last.len &&
	        range_find(range, url, next.data, last.data);
	buf_release(&next);
	buf_release(&last);
	return found;
}

void
range_release(struct range *range)
{
	free(range->before);
	free(range->after);
	*range = (struct range){0};
}

void
range_add_url(const struct range *range, struct buf *url)
{
	buf_adds(url, range->before);
	buf_addu(url, range->next);
	buf_adds(url, range->after);
}
