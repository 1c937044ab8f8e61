/*
 * One pass over the text. Characters are read decoded, however they are
 * written (unit.h); a scan keeps where it is and what it is in. It hides three
 * kinds of secrets: userinfo of URLs, values of parameters and headers, members
 * of JSON. Values that are known to be secret (known.h) are hidden before. From
 * top to bottom: the scan; userinfo; names; values by kind; the loop that
 * chooses among them.
 */
#include "config.h"

#include "redact/redact.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "redact/known.h"
#include "redact/secret.h"
#include "redact/unit.h"
#include "text/ascii.h"

#define REDACT_STARS "***"

enum {
	NAME_MAX_LEN = 128,   /* longer names are cut; their ends count */
	BACKSLASHES_MAX = 31, /* JSON within JSON, five deep */
	MEMBER_NAME_MAX = 400 /* bytes of the name of a JSON member */
};

/* --- the scan --------------------------------------------------------------
 */

/* A pass over a text, and how far it has come. */
struct scan {
	struct buf *out;
	enum redact_kind kind;
	const char *start; /* of the text */
	const char *at;    /* up to here it is in `out` */
	const char *end;   /* of the text */
	const char *name;  /* where the name that ends at `at` begins */
	unsigned slashes;  /* decoded ones in a row that end at `at` */
	unsigned depth;    /* of the last of these */
	bool in_query;     /* `at` is in the query of a URL */
	/* How far was searched in vain for userinfo without a scheme, and for a
	 * far @: so that no part is searched twice, which would take quadratic
	 * time. */
	const char *no_userinfo;
	const char *no_far_at;
};

/* Returns whether all of the text is one URL, which only its end can end. */
static bool
scan_is_one_url(const struct scan *s)
{
	return s->kind == REDACT_URL || s->kind == REDACT_QUERY ||
	       s->kind == REDACT_PASSWORD;
}

/* Returns whether the character ends a URL within a text. */
static bool
scan_ends_word(const struct scan *s, struct unit u)
{
	if (scan_is_one_url(s) || u.depth)
		return false;
	return (unsigned char)u.c <= ' ' || strchr("\"<>`", u.c);
}

/* Append the next `len` bytes as they are. */
static void
scan_copy(struct scan *s, size_t len)
{
	buf_add(s->out, s->at, len);
	s->at += len;
}

/* Append stars for the secret that goes up to `to`. */
static void
scan_hide(struct scan *s, const char *to)
{
	if (to > s->at)
		buf_adds(s->out, REDACT_STARS);
	s->at = to;
	s->name = to;
}

/* Returns whether stars stand here already: the text was redacted before. */
static bool
scan_is_hidden(const struct scan *s)
{
	return s->end - s->at >= 3 && memcmp(s->at, REDACT_STARS, 3) == 0;
}

/* --- userinfo in URLs --------------------------------------------------- */

static bool
ends_host(char c)
{
	return c == '/' || c == '?' || c == '#';
}

/* The authority of a URL (RFC 3986, 3.2): [userinfo@]host[:port]. */
struct authority {
	const char *at;   /* its last @; NULL: there is none */
	const char *end;  /* where its first / ? # stands */
	const char *port; /* behind the first colon behind `at`; or NULL */
	bool has_colon;   /* in front of an @, or a port behind it */
	bool bad_port;    /* what follows a colon is no number */
};

/* Note what the character `u` at `where` means in an authority. */
static void
note_sign(struct authority *a, struct unit u, const char *where)
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

/* Find the parts of the authority at hand. Signs that are encoded more often
 * than the slashes before it belong to its texts. */
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
			note_sign(&a, u, a.end);
		a.end += u.len;
	}
	a.has_colon |= a.port && a.port < a.end;
	return a;
}

/* A password that contains / ? or # ends the authority too early, and what
 * follows the colon is not a port: then userinfo is assumed to go to the last @
 * of all. Returns that @; NULL: there is none. */
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

/* Hide the userinfo that goes to the @ at `at`; of REDACT_PASSWORD, what
 * follows its first colon. */
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

/* Append the authority behind two slashes of that depth, without its userinfo.
 */
static void
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

/* Returns whether the text in front of `at` is "mailto:NAME", which has no
 * password. */
static bool
is_mail(const char *from, const char *at)
{
	static const char mailto[] = "mailto:";
	size_t len = sizeof(mailto) - 1;
	const char *name = at;

	while (name > from && name[-1] != ':')
		name--;
	return (size_t)(name - from) >= len &&
	       ascii_is_word(name - len, len, mailto);
}

/* Append userinfo without a scheme, "me:secret@host", at the start of a word,
 * hidden. In a message it must contain a colon, or it is an address of mail. */
static void
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

/* Returns whether `c` can be part of the name of a parameter or header. */
static bool
is_name_char(char c)
{
	return ascii_is_alnum(c) || (c && strchr("-_.~[]$+*", c));
}

/* --- names of parameters, headers, members ------------------------------ */

/* Write the name between `from` and `to` to `name`, decoded; only its end, if
 * it is too long. Returns its length. */
static size_t
decode_name(const char *from, const char *to, char *name)
{
	size_t len = 0;

	while (from < to) {
		struct unit u = unit_at(from, to);

		if (len == NAME_MAX_LEN)
			memmove(name, name + 1, --len);
		name[len++] = u.c;
		from += u.len;
	}
	return len;
}

/* Returns whether the name that ends here is that of a secret parameter. */
static bool
names_secret(const struct scan *s)
{
	char name[NAME_MAX_LEN];
	size_t len = decode_name(s->name, s->at, name);

	return len && secret_is_name(name, len);
}

/* Returns whether the name that ends here is that of a secret header. In a
 * message a word with a colon behind it may be anything: "token: no such file".
 */
static bool
names_header(const struct scan *s)
{
	size_t len = (size_t)(s->at - s->name);
	bool plain = s->kind == REDACT_WIRE || memchr(s->name, '-', len) ||
	             ascii_is_word(s->name, len, "authorization") ||
	             ascii_is_word(s->name, len, "cookie");

	if (!len || *s->name == '-' || memchr(s->name, '.', len))
		return false;
	return plain && secret_is_header(s->name, len);
}

/* --- steps ------------------------------------------------------------- */

/* Returns the length of the quote at `s` with the backslashes in front of it;
 * 0: there is none. */
static size_t
quote_length(const char *s, const char *end)
{
	size_t len = 0;

	while (s + len < end && s[len] == '\\' && len < BACKSLASHES_MAX)
		len++;
	return s + len < end && (s[len] == '"' || s[len] == '\'') ? len + 1 : 0;
}

/* Returns where the string ends that a quote of `len` bytes has opened before
 * `s`: at such a quote, or at one with fewer backslashes, which ends a string
 * around it. */
static const char *
find_quote(const char *s, const char *end, char quote, size_t len)
{
	size_t slashes = 0;

	for (; s < end; s++) {
		if (*s == quote && slashes < len)
			return s - slashes;
		slashes = *s == '\\' ? slashes + 1 : 0;
	}
	return end;
}

/* Returns where the value of a parameter ends. */
static const char *
value_end(const struct scan *s, unsigned depth)
{
	const char *at = s->at;

	while (at < s->end) {
		struct unit u = unit_at(at, s->end);

		if (scan_ends_word(s, u) ||
		    ((u.c == '&' || u.c == '#') && u.depth <= depth))
			break;
		at += u.len;
	}
	return at;
}

/* Append "=value"; the name is appended already. */
static void
take_parameter(struct scan *s, struct unit equals)
{
	bool secret = s->kind != REDACT_PASSWORD && names_secret(s);
	size_t quote;

	scan_copy(s, equals.len);
	s->name = s->at;
	if (!secret || scan_is_hidden(s))
		return;
	quote = scan_is_one_url(s) ? 0 : quote_length(s->at, s->end);
	if (quote) {
		scan_copy(s, quote);
		scan_hide(s, find_quote(s->at, s->end, s->at[-1], quote));
	} else {
		scan_hide(s, value_end(s, equals.depth));
	}
}

/* Append ": value" of a header; the value goes to the end of its line. */
static void
take_header(struct scan *s)
{
	bool secret = names_header(s);
	const char *line;

	scan_copy(s, 1);
	if (!secret)
		return;
	while (s->at < s->end && ascii_is_blank(*s->at))
		scan_copy(s, 1);
	if (scan_is_hidden(s))
		return;
	line = s->at;
	while (line < s->end && *line != '\n')
		line++;
	while (line > s->at && (line[-1] == '\r' || line[-1] == ']'))
		line--;
	scan_hide(s, line);
}

static const char *
skip_space(const char *s, const char *end)
{
	while (s < end && ascii_is_space(*s))
		s++;
	return s;
}

/* Append the value of a secret member of JSON: a string, an array or a number.
 * A word is not hidden, since it may be part of a message. */
static void
take_member_value(struct scan *s)
{
	size_t quote = quote_length(s->at, s->end);
	const char *to = s->at;

	if (quote) {
		scan_copy(s, quote);
		if (!scan_is_hidden(s))
			scan_hide(
			    s, find_quote(s->at, s->end, s->at[-1], quote));
	} else if (to < s->end && *to == '[') {
		scan_copy(s, 1);
		to = memchr(s->at, ']', (size_t)(s->end - s->at));
		scan_hide(s, to ? to : s->end);
	} else if (to < s->end && (ascii_is_digit(*to) || *to == '-')) {
		while (to < s->end &&
		       (ascii_is_alnum(*to) || *to == '.' || *to == '-'))
			to++;
		scan_hide(s, to);
	}
}

/* Returns whether a string is the name of a secret member, and not a sentence,
 * a URL or the like. */
static bool
names_member(const char *from, const char *to)
{
	char name[NAME_MAX_LEN];
	size_t len = decode_name(from, to, name);

	for (size_t i = 0; i < len; i++)
		if (!is_name_char(name[i]) && name[i] != ' ')
			return false;
	return secret_is_header(name, len);
}

/* Append the member of JSON whose quote is here. False: there is none. */
static bool
take_member(struct scan *s)
{
	size_t quote = quote_length(s->at, s->end);
	const char *name = s->at + quote, *end = s->end, *close, *at;

	if (!quote)
		return false;
	if (end - name > MEMBER_NAME_MAX)
		end = name + MEMBER_NAME_MAX;
	close = find_quote(name, end, name[-1], quote);
	at = close + quote;
	if (at >= s->end || memcmp(close, s->at, quote) != 0)
		return false;
	at = skip_space(at, s->end);
	if (at == s->end || *at != ':' || !names_member(name, close))
		return false;
	at = skip_space(at + 1, s->end);
	scan_copy(s, (size_t)(at - s->at));
	take_member_value(s);
	return true;
}

/* Returns where the next encoded quote of that depth is, and its length in
 * *len; `end`: there is none. */
static const char *
find_coded_quote(const char *at, const char *end, unsigned depth, size_t *len)
{
	while (at < end) {
		struct unit u = unit_at(at, end);

		*len = u.len;
		if (u.c == '"' && u.depth == depth)
			return at;
		at += u.len;
	}
	return end;
}

/* Skip what stands between an encoded name and its value; *colon becomes
 * whether there is a colon. */
static const char *
skip_coded(const char *at, const char *end, bool *colon)
{
	*colon = false;
	while (at < end) {
		struct unit u = unit_at(at, end);

		if (u.c != ':' && u.c != ' ' && u.c != '+')
			break;
		*colon |= u.c == ':';
		at += u.len;
	}
	return at;
}

/* Append the member of JSON whose percent-encoded quote is here:
 * %22token%22%3A%22...%22. False: there is none. */
static bool
take_coded_member(struct scan *s, struct unit quote)
{
	const char *name = s->at + quote.len, *end = s->end, *close, *value;
	bool colon;
	size_t len = 0;

	if (end - name > MEMBER_NAME_MAX)
		end = name + MEMBER_NAME_MAX;
	close = find_coded_quote(name, end, quote.depth, &len);
	if (close == end || !names_member(name, close))
		return false;
	value = skip_coded(close + len, s->end, &colon);
	if (!colon || value == s->end || unit_at(value, s->end).c != '"')
		return false;
	scan_copy(s, (size_t)(value - s->at));
	scan_copy(s, unit_at(s->at, s->end).len);
	if (!scan_is_hidden(s))
		scan_hide(
		    s, find_coded_quote(s->at, s->end, quote.depth, &len));
	return true;
}

/* Append the secret member of JSON that begins here, in either way. False:
 * there is none. */
static bool
take_any_member(struct scan *s)
{
	struct unit u;

	if (s->kind == REDACT_PASSWORD)
		return false;
	if (*s->at != '%')
		return take_member(s);
	u = unit_at(s->at, s->end);
	return u.c == '"' && take_coded_member(s, u);
}

/* --- the loop ------------------------------------------------------------- */

/* Returns whether a word may begin here. */
static bool
begins_word(const struct scan *s)
{
	char before;

	if (s->at == s->start)
		return s->kind != REDACT_QUERY;
	before = s->at[-1];
	return !scan_is_one_url(s) &&
	       ((unsigned char)before <= ' ' || strchr("\"'(=<[,", before));
}

/* Append the next character, with the value behind it if it ends the name of a
 * secret. */
static void
take_char(struct scan *s)
{
	struct unit u = unit_at(s->at, s->end);

	if (scan_ends_word(s, u))
		s->in_query = false;
	s->in_query |= u.c == '?';
	if (u.c == '=' && s->name < s->at) {
		take_parameter(s, u);
		return;
	}
	if (u.c == ':' && u.depth == 0 && !scan_is_one_url(s) &&
	    s->name < s->at) {
		take_header(s);
		s->name = s->at;
		return;
	}
	if (u.c == '/' && (s->slashes == 0 || u.depth > s->depth))
		s->depth = u.depth;
	s->slashes = u.c == '/' ? s->slashes + 1 : 0;
	scan_copy(s, u.len);
	if (!is_name_char(u.c))
		s->name = s->at;
}

/* Choose, again and again, among what may begin here. */
static void
scan_all(struct scan *s)
{
	while (s->at < s->end) {
		if (s->slashes >= 2) {
			s->slashes = 0;
			scan_authority(s, s->depth);
		} else if (begins_word(s)) {
			const char *before = s->at;

			scan_bare_authority(s);
			if (s->at != before)
				continue;
			if (!take_any_member(s))
				take_char(s);
		} else if (!take_any_member(s)) {
			take_char(s);
		}
	}
}

/* libcurl's messages about cookies and users, whose names do not show that they
 * are secret: Added cookie NAME="VALUE" for domain ..., auth using Basic with
 * user 'ME' */
static const struct saying {
	const char *before; /* a text in front of the secret */
	const char *from;   /* the next text, behind which it begins */
	const char *behind; /* it ends at the last of these texts */
} sayings[] = {
    {"Added cookie ", "=\"", "\" for domain "},
    {"Replaced cookie ", "=\"", "\" for domain "},
    {" with user ", "'", "'"},
};

/* Returns where `text` first occurs; NULL: nowhere. */
static const char *
find_text(const char *s, const char *end, const char *text)
{
	size_t len = strlen(text);

	for (; (size_t)(end - s) >= len; s++)
		if (memcmp(s, text, len) == 0)
			return s;
	return NULL;
}

/* Returns where `text` last occurs; NULL: nowhere. */
static const char *
find_last_text(const char *s, const char *end, const char *text)
{
	const char *last = NULL;

	while ((s = find_text(s, end, text))) {
		last = s;
		s++;
	}
	return last;
}

/* Append a message of the kind `x` up to its secret's end. False: the text is
 * not such a message. */
static bool
take_saying(struct scan *s, const struct saying *x)
{
	const char *from = find_text(s->at, s->end, x->before);
	const char *to;

	if (from)
		from = find_text(from + strlen(x->before), s->end, x->from);
	if (!from)
		return false;
	from += strlen(x->from);
	to = find_last_text(from, s->end, x->behind);
	scan_copy(s, (size_t)(from - s->at));
	scan_hide(s, to ? to : s->end);
	return true;
}

/* Hide what is found by where it stands. */
static void
add_scanned(struct buf *out, enum redact_kind kind, const char *s, size_t len)
{
	struct scan scan = {
	    .out = out,
	    .kind = kind,
	    .start = s,
	    .at = s,
	    .end = s + len,
	    .name = s,
	    .no_userinfo = s,
	    .no_far_at = s,
	    .in_query = kind == REDACT_QUERY,
	};

	if (kind == REDACT_WIRE)
		for (size_t i = 0; i < sizeof(sayings) / sizeof(*sayings); i++)
			if (take_saying(&scan, &sayings[i]))
				break;
	scan_all(&scan);
}

void
redact_add(struct buf *out, enum redact_kind kind, const char *s, size_t len)
{
	struct buf safe = {0};

	if (kind != REDACT_PASSWORD && known_secrets_hide(&safe, s, len))
		add_scanned(out, kind, safe.data, safe.len);
	else
		add_scanned(out, kind, s, len);
	buf_release(&safe);
}

char *
redacted(enum redact_kind kind, const char *s)
{
	struct buf out = {0};

	redact_add(&out, kind, s, strlen(s));
	buf_adds(&out, "");
	return buf_take(&out);
}
