/*
 * I-Regexp (RFC 9485) to PCRE2. Everything that is not in the grammar of the
 * RFC is rejected here, so nothing of PCRE2's own language gets through: no
 * look-around, no back references, no verbs. Patterns may come from a server.
 *
 * Functions translate_* copy one part of the pattern, changed where PCRE2 reads
 * it in another way, and return false with `problem` set if it is malformed.
 */
#include "config.h"

#include <string.h>

#include "json/regex.h"
#include "text/utf8.h"

enum {
	GROUPS_MAX = 100
};

/* A translation at work. */
struct translation {
	const char *at;
	const char *end;
	struct buf *out;
	const char *problem;
	unsigned groups; /* open ones */
};

/* Set the problem, which is static. Always returns false. */
static bool
reject(struct translation *t, const char *problem)
{
	t->problem = problem;
	return false;
}

/* The next byte, without taking it; NUL at the end. */
static char
peek(const struct translation *t)
{
	return t->at == t->end ? '\0' : *t->at;
}

/* Step over `c` if it comes next, and say whether it did. */
static bool
take_char(struct translation *t, char c)
{
	if (t->at == t->end || *t->at != c)
		return false;
	t->at++;
	return true;
}

/* Copy one character, of however many bytes. */
static bool
copy_character(struct translation *t)
{
	uint32_t cp;
	size_t n;

	if (t->at == t->end)
		return reject(t, "the pattern ends unexpectedly");
	n = utf8_decode(t->at, (size_t)(t->end - t->at), &cp);
	if (n == 0)
		return reject(t, "invalid UTF-8 in the pattern");
	buf_add(t->out, t->at, n);
	t->at += n;
	return true;
}

/* Copy the general category in braces behind \p or \P. Only those of RFC 9485,
 * 3 exist: PCRE2 would take scripts and more. */
static bool
translate_category(struct translation *t)
{
	static const char *const categories[] = {
	    "Llmotu", "Mcen", "Ndlo", "Pcdefios", "Zlps", "Sckmo", "Ccfno"};
	const char *minors = NULL;

	if (!take_char(t, '{'))
		return reject(t, "\\p needs a category: \\p{L}");
	for (size_t i = 0; i < sizeof(categories) / sizeof(*categories); i++)
		if (peek(t) == categories[i][0])
			minors = categories[i] + 1;
	if (!minors)
		return reject(t, "unknown category in \\p{...}");
	buf_addc(t->out, '{');
	buf_addc(t->out, *t->at++);
	if (peek(t) != '\0' && strchr(minors, peek(t)))
		buf_addc(t->out, *t->at++);
	if (!take_char(t, '}'))
		return reject(t, "unknown category in \\p{...}");
	buf_addc(t->out, '}');
	return true;
}

/* Does \p or \P come next? */
static bool
at_category(const struct translation *t)
{
	return t->end - t->at >= 2 && t->at[0] == '\\' &&
	       (t->at[1] == 'p' || t->at[1] == 'P');
}

/* Copy an escape, whose backslash comes next. */
static bool
translate_escape(struct translation *t)
{
	char c;

	t->at++;
	c = peek(t);
	if (c == '\0' || !strchr("()*+-.?[\\]^nrt{|}pP", c))
		return reject(
		    t, strchr("dDsSwWiIcC", c) && c
		           ? "no \\d, \\s, \\w in I-Regexp; write [0-9], "
		             "[ \\t], [a-z]"
		           : "unknown escape for I-Regexp (RFC 9485)");
	t->at++;
	buf_addc(t->out, '\\');
	buf_addc(t->out, c);
	return (c != 'p' && c != 'P') || translate_category(t);
}

/* Copy one character or escape inside brackets. */
static bool
translate_class_character(struct translation *t)
{
	if (peek(t) == '\\')
		return translate_escape(t);
	if (peek(t) == '[' || peek(t) == '-')
		return reject(t, "[ and - in brackets need a backslash");
	return copy_character(t);
}

/* Copy one member of a class: a category, a character, or a range of
 * characters. */
static bool
translate_class_member(struct translation *t)
{
	bool category = at_category(t);

	if (!translate_class_character(t))
		return false;
	if (category || t->end - t->at < 2 || t->at[0] != '-' ||
	    t->at[1] == ']')
		return true;
	t->at++;
	buf_addc(t->out, '-');
	if (at_category(t))
		return reject(t, "a category cannot end a range");
	return translate_class_character(t);
}

/* Copy a class, behind its opening bracket. A - at its beginning or end stands
 * for itself, and is escaped for PCRE2. */
static bool
translate_class(struct translation *t)
{
	buf_addc(t->out, '[');
	if (take_char(t, '^'))
		buf_addc(t->out, '^');
	if (peek(t) == ']')
		return reject(t, "empty brackets");
	if (take_char(t, '-'))
		buf_adds(t->out, "\\-");
	while (!take_char(t, ']')) {
		if (t->end - t->at >= 2 && memcmp(t->at, "-]", 2) == 0) {
			buf_adds(t->out, "\\-");
			t->at++;
		} else if (!translate_class_member(t)) {
			return false;
		}
	}
	buf_addc(t->out, ']');
	return true;
}

/* Copy digits, of which there must be one. */
static bool
copy_digits(struct translation *t)
{
	if (peek(t) < '0' || peek(t) > '9')
		return reject(t, "{ needs a number: {2} or {2,3}");
	while (peek(t) >= '0' && peek(t) <= '9')
		buf_addc(t->out, *t->at++);
	return true;
}

/* Copy a quantifier such as {2,3}, behind its opening brace. */
static bool
translate_range(struct translation *t)
{
	buf_addc(t->out, '{');
	if (!copy_digits(t))
		return false;
	if (take_char(t, ',')) {
		buf_addc(t->out, ',');
		if (peek(t) != '}' && !copy_digits(t))
			return false;
	}
	if (!take_char(t, '}'))
		return reject(t, "{ without }");
	buf_addc(t->out, '}');
	return true;
}

/* Copy a quantifier, if there is one. */
static bool
translate_quantifier(struct translation *t)
{
	char c = peek(t);

	if (take_char(t, '{'))
		return translate_range(t);
	if (c == '\0' || !strchr("*+?", c))
		return true;
	buf_addc(t->out, c);
	t->at++;
	return true;
}

/* Copy an atom that is not a group, with its quantifier. A dot matches all but
 * line ends (RFC 9485, 5.3). */
static bool
translate_piece(struct translation *t)
{
	bool good;

	if (peek(t) != '\0' && strchr("*+?{}]", peek(t)))
		return reject(t, "unexpected quantifier or closing bracket");
	if (peek(t) == '\\') {
		good = translate_escape(t);
	} else if (take_char(t, '[')) {
		good = translate_class(t);
	} else if (take_char(t, '.')) {
		buf_adds(t->out, "[^\\n\\r]");
		good = true;
	} else {
		good = copy_character(t);
	}
	return good && translate_quantifier(t);
}

/* Open a group, as one that captures nothing. */
static bool
open_group(struct translation *t)
{
	if (t->groups == GROUPS_MAX)
		return reject(t, "groups are nested too deeply");
	t->groups++;
	buf_adds(t->out, "(?:");
	return true;
}

/* Close a group, and copy its quantifier. */
static bool
close_group(struct translation *t)
{
	if (t->groups == 0)
		return reject(t, ") without (");
	t->groups--;
	buf_addc(t->out, ')');
	return translate_quantifier(t);
}

/* Copy whatever comes next. */
static bool
translate_next(struct translation *t)
{
	if (take_char(t, '('))
		return open_group(t);
	if (take_char(t, ')'))
		return close_group(t);
	if (take_char(t, '|')) {
		buf_addc(t->out, '|');
		return true;
	}
	return translate_piece(t);
}

bool
json_iregexp_translate(
    struct buf *out, const char *pattern, size_t len, const char **problem)
{
	struct translation t = {
	    .at = pattern, .end = pattern + len, .out = out};

	while (t.at != t.end && translate_next(&t))
		;
	if (!t.problem && t.groups > 0)
		t.problem = "( without )";
	*problem = t.problem;
	return !t.problem;
}
