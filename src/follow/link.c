#include "config.h"

#include "follow/link.h"

#include <string.h>
#include <strings.h>

#include "base/ascii.h"
#include "request/headers.h"

/* A header's value on its way through the parser of RFC 8288, appendix B. */
struct scan {
	const char *at;
	const char *end;
};

struct text {
	const char *start;
	size_t len;
};

/* A parameter; its value without quotes, escapes as they are. */
struct parameter {
	struct text name;
	struct text value;
};

struct link {
	struct text target;
	struct text rel; /* of the first rel: others do not count */
	bool anchored;
};

static void
skip(struct scan *s, const char *set)
{
	while (s->at < s->end && *s->at && strchr(set, *s->at))
		s->at++;
}

static bool
accept(struct scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

/* Up to any of `set`, or the end. */
static struct text
take_until(struct scan *s, const char *set)
{
	struct text t = {s->at, 0};

	while (s->at < s->end && *s->at && !strchr(set, *s->at))
		s->at++;
	t.len = (size_t)(s->at - t.start);
	return t;
}

/* Behind the opening quote. */
static struct text
take_quoted(struct scan *s)
{
	struct text t = {s->at, 0};

	while (s->at < s->end && *s->at != '"')
		s->at += *s->at == '\\' && s->end - s->at > 1 ? 2 : 1;
	t.len = (size_t)(s->at - t.start);
	accept(s, '"');
	return t;
}

/* Does the comma at `at` divide links? Titles hold some, too. */
static bool
divides_links(const struct scan *s, const char *at)
{
	at++;
	while (at < s->end && ascii_is_blank(*at))
		at++;
	return at == s->end || *at == '<' || *at == ',';
}

/* A value that should have been quoted: up to a semicolon or the next link,
 * blanks in it, but none at its end. */
static struct text
take_unquoted(struct scan *s)
{
	struct text t = {s->at, 0};

	while (s->at < s->end && *s->at && *s->at != ';' &&
	       (*s->at != ',' || !divides_links(s, s->at)))
		s->at++;
	t.len = (size_t)(s->at - t.start);
	while (t.len && ascii_is_blank(t.start[t.len - 1]))
		t.len--;
	return t;
}

/* To the next link behind what is none. */
static void
skip_garbage(struct scan *s)
{
	while (s->at < s->end && *s->at &&
	       (*s->at != ',' || !divides_links(s, s->at)))
		s->at++;
}

/* Behind its semicolon. */
static struct parameter
take_parameter(struct scan *s)
{
	struct parameter p = {0};

	skip(s, " \t");
	p.name = take_until(s, " \t=;,");
	skip(s, " \t");
	if (accept(s, '=')) {
		skip(s, " \t");
		p.value = accept(s, '"') ? take_quoted(s) : take_unquoted(s);
	}
	skip(s, " \t");
	return p;
}

static bool
is_named(struct text t, const char *name)
{
	return t.len == strlen(name) && strncasecmp(t.start, name, t.len) == 0;
}

/* False: there is no further one, or what stands there is none. */
static bool
take_link(struct scan *s, struct link *l)
{
	*l = (struct link){0};
	skip(s, " \t,");
	if (!accept(s, '<'))
		return false;
	l->target = take_until(s, ">");
	if (!accept(s, '>'))
		return false;
	skip(s, " \t");
	while (accept(s, ';')) {
		struct parameter p = take_parameter(s);

		if (is_named(p.name, "rel") && !l->rel.start)
			l->rel = p.value;
		l->anchored |= is_named(p.name, "anchor");
	}
	skip_garbage(s);
	return true;
}

/* A word in quotes, where what follows a backslash is meant literally. */
static bool
is_word(struct text t, const char *name)
{
	for (size_t i = 0; i < t.len; i++) {
		if (t.start[i] == '\\' && i + 1 < t.len)
			i++;
		if (!*name || ascii_lower(t.start[i]) != *name++)
			return false;
	}
	return !*name;
}

/* A relation is a list of words. */
static bool
has_relation(const struct link *l, const char *rel)
{
	struct scan s;

	if (!l->rel.len)
		return false;
	s = (struct scan){l->rel.start, l->rel.start + l->rel.len};
	while (s.at < s.end) {
		skip(&s, " \t");
		if (is_word(take_until(&s, " \t"), rel))
			return true;
	}
	return false;
}

static bool
find_in_header(struct scan *s, const char *rel, struct buf *target)
{
	struct link l;

	while (take_link(s, &l)) {
		if (!has_relation(&l, rel) || l.anchored)
			continue;
		buf_add(target, l.target.start, l.target.len);
		return true;
	}
	return false;
}

bool
link_find(const char *headers, const char *rel, struct buf *target)
{
	struct header h;

	while (headers && headers_find_next(&headers, "Link", &h)) {
		struct scan s = {h.value, h.value + h.value_len};

		if (find_in_header(&s, rel, target))
			return true;
	}
	return false;
}
