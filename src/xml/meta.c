#include "config.h"

#include "xml/meta.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/ascii.h"

enum {
	PRESCAN = 4096
};

struct scan {
	const char *at, *end;
};

struct piece {
	const char *text;
	size_t len;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void
skip_blanks(struct scan *s)
{
	while (s->at < s->end && is_blank(*s->at))
		s->at++;
}

/* Is the next character one of them, and not the end? */
static bool
is_next(const struct scan *s, const char *characters)
{
	return s->at < s->end && *s->at && strchr(characters, *s->at);
}

static bool
is_word(struct piece p, const char *word)
{
	return strlen(word) == p.len && strncasecmp(p.text, word, p.len) == 0;
}

/* Behind `text` (in lower case), if it is next. */
static bool
take(struct scan *s, const char *text)
{
	size_t n = strlen(text);

	if ((size_t)(s->end - s->at) < n || strncasecmp(s->at, text, n) != 0)
		return false;
	s->at += n;
	return true;
}

/* Behind the next `text`, or to the end. */
static void
skip_to(struct scan *s, const char *text)
{
	while (s->at < s->end && !take(s, text))
		s->at++;
}

/* To a blank or one of `ends`, or to the end. */
static struct piece
take_until(struct scan *s, const char *ends)
{
	struct piece p = {s->at, 0};

	while (s->at < s->end && !is_blank(*s->at) && !is_next(s, ends))
		s->at++;
	p.len = (size_t)(s->at - p.text);
	return p;
}

static struct piece
take_quoted(struct scan *s)
{
	char quote = *s->at++;
	struct piece p = {s->at, 0};

	while (s->at < s->end && *s->at != quote)
		s->at++;
	p.len = (size_t)(s->at - p.text);
	s->at += s->at < s->end;
	return p;
}

/* A quoted value, or one that ends at a blank or at one of `ends`. */
static struct piece
take_value(struct scan *s, const char *ends)
{
	skip_blanks(s);
	return is_next(s, "\"'") ? take_quoted(s) : take_until(s, ends);
}

/* The next attribute of a tag; false at its end. */
static bool
take_attribute(struct scan *s, struct piece *name, struct piece *value)
{
	while (s->at < s->end && (is_blank(*s->at) || *s->at == '/'))
		s->at++;
	if (s->at == s->end || *s->at == '>')
		return false;
	*name = take_until(s, *s->at == '=' ? "/>" : "=/>");
	*value = (struct piece){"", 0};
	skip_blanks(s);
	if (is_next(s, "=")) {
		s->at++;
		*value = take_value(s, ">");
	}
	return true;
}

const struct encoding *
meta_encoding_in(const char *text, size_t len)
{
	struct scan s = {text, text + len};
	struct piece label;

	do {
		skip_to(&s, "charset");
		if (s.at == s.end)
			return NULL;
		skip_blanks(&s);
	} while (!is_next(&s, "="));
	s.at++;
	label = take_value(&s, ";");
	return encoding_of_label(label.text, label.len);
}

/* What the attributes of one <meta> say. */
struct meta {
	bool is_pragma;    /* http-equiv=content-type */
	bool needs_pragma; /* the encoding is that of `content` */
	bool has_charset;  /* ... or of `charset`, which counts, known or not */
	const struct encoding *encoding;
};

static void
take_meta(struct meta *m, struct piece name, struct piece value)
{
	if (is_word(name, "http-equiv")) {
		m->is_pragma |= is_word(value, "content-type");
	} else if (is_word(name, "charset") && !m->has_charset) {
		m->has_charset = true;
		m->needs_pragma = false;
		m->encoding = encoding_of_label(value.text, value.len);
	} else if (is_word(name, "content") && !m->encoding &&
	           !m->has_charset) {
		m->encoding = meta_encoding_in(value.text, value.len);
		m->needs_pragma = m->encoding != NULL;
	}
}

static const struct encoding *
read_meta(struct scan *s)
{
	struct meta m = {.encoding = NULL};
	struct piece name, value;

	while (take_attribute(s, &name, &value))
		take_meta(&m, name, value);
	if (!m.encoding || (m.needs_pragma && !m.is_pragma))
		return NULL;
	if (m.encoding->kind == ENCODING_UTF16)
		return encoding_of_label("utf-8", 5);
	if (m.encoding->kind == ENCODING_USER_DEFINED)
		return encoding_of_label("windows-1252", 12);
	return m.encoding;
}

static void
skip_tag(struct scan *s)
{
	struct piece name, value;

	take_until(s, ">");
	while (take_attribute(s, &name, &value))
		;
}

static bool
begins_tag(const struct scan *s)
{
	return s->at < s->end && (ascii_is_alpha(*s->at) ||
	                             (*s->at == '/' && s->at + 1 < s->end &&
	                                 ascii_is_alpha(s->at[1])));
}

const struct encoding *
meta_encoding(const char *bytes, size_t len)
{
	struct scan s = {bytes, bytes + (len < PRESCAN ? len : PRESCAN)};

	while (s.at < s.end) {
		const struct encoding *e = NULL;

		if (take(&s, "<!--")) {
			s.at -= 2; /* <!--> is one, too */
			skip_to(&s, "-->");
		} else if (take(&s, "<meta") && s.at < s.end &&
		           (is_blank(*s.at) || *s.at == '/')) {
			e = read_meta(&s);
		} else if (take(&s, "<")) {
			if (begins_tag(&s))
				skip_tag(&s);
			else if (is_next(&s, "!/?"))
				skip_to(&s, ">");
		} else {
			s.at++;
		}
		if (e)
			return e;
	}
	return NULL;
}
