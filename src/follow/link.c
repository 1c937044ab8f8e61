/*
 * Links from the inside out: a query parameter, a link among others, a block of
 * headers. Nothing here trusts its input, all of which comes from servers.
 */
#include "config.h"

#include "follow/link.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "redact/redact.h"
#include "redact/secret.h"
#include "request/headers.h"
#include "request/url.h"
#include "text/ascii.h"

/* --- a parameter in the query of a URL ------------------------------------ */

static bool
same_name(const char *s, size_t len, const char *name)
{
	return len == strlen(name) && strncmp(s, name, len) == 0;
}

/* Is the `len` bytes at `s` the name of a parameter, as it is or
 * percent-encoded as we would? */
static bool
is_parameter(const char *s, size_t len, const char *name)
{
	struct buf encoded;
	bool same = same_name(s, len, name);

	if (same)
		return true;
	buf_init(&encoded);
	url_add_encoded(&encoded, name, strlen(name));
	same = encoded.len && same_name(s, len, encoded.data);
	buf_release(&encoded);
	return same;
}

const char *
query_get(const char *url, const char *name, size_t *len)
{
	const char *at = url + strcspn(url, "?#");

	while (*at && *at != '#') {
		const char *start = at + 1;
		size_t name_len = strcspn(start, "=&#");
		const char *value = start + name_len + (start[name_len] == '=');

		*len = strcspn(value, "&#");
		if (is_parameter(start, name_len, name))
			return value;
		at = value + *len;
	}
	return NULL;
}

/* Append `url` up to its fragment, and "name=" as one parameter more. */
static void
append_parameter(struct buf *out, const char *url, const char *name)
{
	size_t end = strcspn(url, "#");

	buf_add(out, url, end);
	if (!memchr(url, '?', end))
		buf_addc(out, '?');
	else if (!strchr("?&", url[end - 1]))
		buf_addc(out, '&');
	url_add_encoded(out, name, strlen(name));
	buf_addc(out, '=');
}

void
query_add_with(
    struct buf *out, const char *url, const char *name, const struct buf *value)
{
	size_t len = 0;
	const char *old = query_get(url, name, &len);
	const char *rest = old ? old + len : "";

	if (!old)
		append_parameter(out, url, name);
	else
		buf_add(out, url, (size_t)(old - url));
	if (old && old[-1] != '=')
		buf_addc(out, '=');
	url_add_encoded(out, value->data, value->len);
	buf_adds(out, rest);
}

/* --- the header Link ------------------------------------------------------ */

/* What is left of a header's value for the parser of RFC 8288, appendix B. */
struct link_scan {
	const char *at;
	const char *end;
};

/* Borrowed from the header. */
struct text {
	const char *start;
	size_t len;
};

/* A parameter of a link; its value without quotes, but with escapes. */
struct parameter {
	struct text name;
	struct text value;
};

struct link {
	struct text target;
	struct text rel; /* of the first rel: others do not count */
	bool anchored;   /* the link is about another page than the answer's */
};

static void
skip_chars(struct link_scan *s, const char *set)
{
	while (s->at < s->end && *s->at && strchr(set, *s->at))
		s->at++;
}

static bool
accept(struct link_scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

/* Take what stands before the next character of `set`, or before the end. */
static struct text
take_until(struct link_scan *s, const char *set)
{
	struct text t = {s->at, 0};

	while (s->at < s->end && *s->at && !strchr(set, *s->at))
		s->at++;
	t.len = (size_t)(s->at - t.start);
	return t;
}

/* Take a quoted string whose opening quote was taken already. */
static struct text
take_quoted(struct link_scan *s)
{
	struct text t = {s->at, 0};

	while (s->at < s->end && *s->at != '"')
		s->at += *s->at == '\\' && s->end - s->at > 1 ? 2 : 1;
	t.len = (size_t)(s->at - t.start);
	accept(s, '"');
	return t;
}

/* Does the comma at `at` separate links? Unquoted titles hold commas, too, so
 * what follows must look like a link, or like nothing. */
static bool
separates_links(const struct link_scan *s, const char *at)
{
	at++;
	while (at < s->end && ascii_is_blank(*at))
		at++;
	return at == s->end || *at == '<' || *at == ',';
}

/* Take a value without quotes. One with blanks in it should have been quoted,
 * but is sent; it ends with a semicolon or with the link, and blanks at its end
 * are not part of it. */
static struct text
take_unquoted(struct link_scan *s)
{
	struct text t = {s->at, 0};

	while (s->at < s->end && *s->at && *s->at != ';' &&
	       (*s->at != ',' || !separates_links(s, s->at)))
		s->at++;
	t.len = (size_t)(s->at - t.start);
	while (t.len && ascii_is_blank(t.start[t.len - 1]))
		t.len--;
	return t;
}

/* Skip what is neither a link nor a parameter, up to the next link. */
static void
skip_garbage(struct link_scan *s)
{
	while (s->at < s->end && *s->at &&
	       (*s->at != ',' || !separates_links(s, s->at)))
		s->at++;
}

/* Take a parameter whose semicolon was taken already. */
static struct parameter
take_parameter(struct link_scan *s)
{
	struct parameter p = {0};

	skip_chars(s, " \t");
	p.name = take_until(s, " \t=;,");
	skip_chars(s, " \t");
	if (accept(s, '=')) {
		skip_chars(s, " \t");
		p.value = accept(s, '"') ? take_quoted(s) : take_unquoted(s);
	}
	skip_chars(s, " \t");
	return p;
}

static bool
parameter_is(struct text t, const char *name)
{
	return ascii_is_word(t.start, t.len, name);
}

/* Take the next link. False: there is none, or what stands there is not a
 * link; what follows that is not looked at. */
static bool
take_link(struct link_scan *s, struct link *l)
{
	*l = (struct link){0};
	skip_chars(s, " \t,");
	if (!accept(s, '<'))
		return false;
	l->target = take_until(s, ">");
	if (!accept(s, '>'))
		return false;
	skip_chars(s, " \t");
	while (accept(s, ';')) {
		struct parameter p = take_parameter(s);

		if (parameter_is(p.name, "rel") && !l->rel.start)
			l->rel = p.value;
		l->anchored |= parameter_is(p.name, "anchor");
	}
	skip_garbage(s);
	return true;
}

/* Is `t`, which may hold backslash escapes, the word `name` (lower case)? */
static bool
is_escaped_word(struct text t, const char *name)
{
	for (size_t i = 0; i < t.len; i++) {
		if (t.start[i] == '\\' && i + 1 < t.len)
			i++;
		if (!*name || ascii_lower(t.start[i]) != *name++)
			return false;
	}
	return !*name;
}

/* Is `rel` among the words of the link's relation, which is a list of them? */
static bool
has_relation(const struct link *l, const char *rel)
{
	struct link_scan s;

	if (!l->rel.len)
		return false;
	s = (struct link_scan){l->rel.start, l->rel.start + l->rel.len};
	while (s.at < s.end) {
		skip_chars(&s, " \t");
		if (is_escaped_word(take_until(&s, " \t"), rel))
			return true;
	}
	return false;
}

static bool
find_in_header(struct link_scan *s, const char *rel, struct buf *target)
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
		struct link_scan s = {h.value, h.value + h.value_len};

		if (find_in_header(&s, rel, target))
			return true;
	}
	return false;
}

/* --- headers without secrets ---------------------------------------------- */

static const char hidden[] = "=***"; /* what the redactor leaves of a secret */

/* The name of the parameter whose `=` stands at `equals`. Caller frees. */
static char *
name_before(const char *start, const char *equals)
{
	const char *name = equals;

	while (name > start && !strchr("?&;#<", name[-1]))
		name--;
	return xmemdup0(name, (size_t)(equals - name));
}

void
link_restore_secrets(struct buf *out, const char *headers, const char *url)
{
	const char *at = headers, *next;

	while ((next = strstr(at, hidden))) {
		char *name = name_before(at, next);
		size_t len;
		const char *value = query_get(url, name, &len);

		buf_add(out, at, (size_t)(next + 1 - at));
		at = next + 1;
		if (value) {
			buf_add(out, value, len);
			at += sizeof(hidden) - 2;
		}
		free(name);
	}
	buf_adds(out, at);
}

/* Append a Link header with its secrets hidden. False: `url` does not have one
 * of them. Restoring at once is the proof that it can be done later. */
static bool
hide_line(struct buf *out, const char *line, size_t len, const char *url)
{
	struct buf shown = {0}, restored = {0};
	bool same;

	redact_add(&shown, REDACT_TEXT, line, len);
	link_restore_secrets(&restored, buf_text(&shown), url);
	same = restored.len == len && memcmp(restored.data, line, len) == 0;
	buf_add(out, shown.data, shown.len);
	buf_adds(out, "\r\n");
	buf_release(&shown);
	buf_release(&restored);
	return same;
}

/* Append a header that is not a Link: secrets in it are gone for good, as no
 * request is made from it. */
static void
hide_other_line(struct buf *out, const char *line, size_t len)
{
	struct header h;

	if (header_split(&h, line, len) && secret_is_header(h.name, h.name_len))
		buf_addf(out, "%.*s: ***", (int)h.name_len, h.name);
	else
		redact_add(out, REDACT_TEXT, line, len);
	buf_adds(out, "\r\n");
}

bool
link_hide_secrets(struct buf *out, const char *headers, const char *url,
    enum link_lines lines)
{
	bool all = true;
	const char *line;
	size_t len;

	while (headers && (line = headers_next_line(&headers, &len))) {
		struct header h;

		if (header_split(&h, line, len) && header_is(&h, "Link"))
			all &= hide_line(out, line, len, url);
		else if (lines == LINK_AND_OTHER_LINES)
			hide_other_line(out, line, len);
	}
	return all;
}
