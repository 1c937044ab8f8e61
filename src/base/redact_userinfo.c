#include "config.h"

#include "base/redact_private.h"

#include <strings.h>

#include "base/ascii.h"

static bool
ends_host(char c)
{
	return c == '/' || c == '?' || c == '#';
}

/* The authority at hand. */
struct authority {
	const char *at;   /* its last @; NULL: there is none */
	const char *end;  /* where its first / ? # stands */
	const char *port; /* behind the first colon behind `at`; or NULL */
	bool has_colon;   /* in front of an @, or a port behind it */
	bool bad_port;    /* what follows a colon is no number */
};

static void
note(struct authority *a, struct unit u, const char *where)
{
	if (u.c == '@') {
		a->at = where;
		a->port = NULL;
		a->bad_port = false;
	} else if (u.c == ':') {
		a->has_colon |= !a->at;
		if (a->at && !a->port)
			a->port = where + u.len;
		a->bad_port = false;
	} else if (a->has_colon && !a->at && !ascii_is_digit(u.c)) {
		a->bad_port = true;
	}
}

static struct authority
look_at_authority(const struct scan *s, unsigned depth)
{
	struct authority a = {.end = s->at};

	while (a.end < s->end) {
		struct unit u = unit_at(a.end, s->end);
		bool counts = u.depth <= depth;

		if (scan_ends_word(s, u) || (counts && ends_host(u.c)) ||
		    (counts && u.c == '&' && s->in_query))
			break;
		if (counts)
			note(&a, u, a.end);
		a.end += u.len;
	}
	a.has_colon |= a.port && a.port < a.end;
	return a;
}

/* A password with a / ? or # in it ends the authority too early, and makes no
 * port: then the userinfo goes to the last @ of all. */
static const char *
find_far_at(struct scan *s)
{
	const char *from = s->at, *at = NULL;

	while (from < s->end && from >= s->no_far_at) {
		struct unit u = unit_at(from, s->end);

		if (scan_ends_word(s, u) || (u.c == '&' && s->in_query))
			break;
		if (u.c == '@')
			at = from;
		from += u.len;
	}
	if (!at && from > s->no_far_at)
		s->no_far_at = from;
	return at;
}

/* Userinfo goes to `at`. */
static void
hide_userinfo(struct scan *s, const char *at)
{
	if (s->kind == REDACT_PASSWORD) {
		while (s->at < at && unit_at(s->at, at).c != ':')
			scan_copy(s, unit_at(s->at, at).len);
		if (s->at < at)
			scan_copy(s, unit_at(s->at, at).len);
		if (scan_is_hidden(s))
			scan_copy(s, (size_t)(at - s->at));
		else if (s->at == at && s->at[-1] == ':')
			buf_adds(s->out, REDACT_STARS);
	}
	scan_hide(s, at);
}

void
scan_authority(struct scan *s, unsigned depth)
{
	struct authority a;

	/* libcurl and browsers take "http:///host", too. */
	while (s->at < s->end && unit_at(s->at, s->end).c == '/')
		scan_copy(s, unit_at(s->at, s->end).len);
	a = look_at_authority(s, depth);
	if (a.bad_port && *s->at != '[')
		a.at = find_far_at(s);
	if (a.at)
		hide_userinfo(s, a.at);
	else
		scan_copy(s, (size_t)(a.end - s->at));
	s->name = s->at;
}

/* "mailto:me" has no password in it. */
static bool
is_mail(const char *from, const char *at)
{
	static const char mailto[] = "mailto:";
	size_t len = sizeof(mailto) - 1;
	const char *name = at;

	while (name > from && name[-1] != ':')
		name--;
	return (size_t)(name - from) >= len &&
	       strncasecmp(name - len, mailto, len) == 0;
}

/* Without a scheme: "me:secret@host" at the start of a word. In a text a
 * colon must be there, or it is some address of mail. */
void
scan_bare_authority(struct scan *s)
{
	struct authority a;
	bool is_scheme;

	if (s->at < s->no_userinfo || (!scan_is_one_url(s) && *s->at == '\''))
		return;
	a = look_at_authority(s, 0);
	is_scheme = a.end > s->at && a.end[-1] == ':' && a.end < s->end &&
	            unit_at(a.end, s->end).c == '/';
	if (a.at && !is_scheme && !is_mail(s->at, a.at) &&
	    (a.has_colon || scan_is_one_url(s)))
		hide_userinfo(s, a.at);
	else
		s->no_userinfo = a.end;
}
