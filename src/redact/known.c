/*
 * Texts are compared folded: decoded, and with what some encodings write
 * differently made one. That a few more texts are equal then does no harm.
 */
#include "config.h"

#include "redact/known.h"

#include <string.h>
#include <strings.h>

#include "base/strlist.h"
#include "redact/unit.h"
#include "text/ascii.h"
#include "text/base64.h"

enum {
	SHORTEST = 6,  /* characters of a value that is hidden */
	CUT_LEAST = 16 /* characters of one whose end is missing */
};

/* Folded. It is filled while options are read, and only read from then on. */
static struct strlist known;

/* Returns the character under which all are compared that may stand for `c`: a
 * blank is "+" in a form, and base64 has two alphabets. */
static char
fold(char c)
{
	switch (c) {
	case ' ':
	case '-': return '+';
	case '_': return '/';
	case '\t':
	case '\r': return '\n';
	default: return c;
	}
}

/* Backslashes are left out, as JSON doubles them. */
static void
add_folded(const char *s, size_t len)
{
	const char *end = s + len;
	struct buf text = {0};

	while (s < end) {
		struct unit u = unit_at(s, end);

		if (u.c && u.c != '\\')
			buf_addc(&text, fold(u.c));
		s += u.len;
	}
	if (text.len >= SHORTEST && !strlist_has(&known, text.data))
		strlist_add(&known, text.data);
	buf_release(&text);
}

/* Add what base64 makes of the value behind `before` other bytes: the digits
 * that do not depend on these, or on what follows. */
static void
add_coded(const char *s, size_t len, size_t before)
{
	struct buf plain = {0}, coded = {0};
	size_t first = (8 * before + 5) / 6, last = 8 * (before + len) / 6;

	buf_add(&plain, "xxx", before);
	buf_add(&plain, s, len);
	base64_add(&coded, plain.data, plain.len);
	add_folded(coded.data + first, last - first);
	buf_release(&plain);
	buf_release(&coded);
}

/* Returns what of the value is secret. */
static const char *
skip_host(const char *value)
{
	const char *rest = value;

	if (strncasecmp(value, "http://", 7) == 0)
		rest += 7;
	else if (strncasecmp(value, "https://", 8) == 0)
		rest += 8;
	else
		return value;
	rest += strcspn(rest, "/?#");
	return *rest ? rest + 1 : rest;
}

void
known_secrets_add(const char *value)
{
	size_t len = strlen(value);
	const char *trimmed = ascii_trim(value, &len);
	const char *secret = skip_host(trimmed);

	if (secret > trimmed + len)
		return;
	len -= (size_t)(secret - trimmed);
	if (len < SHORTEST)
		return;
	add_folded(secret, len);
	for (size_t before = 0; before < 3; before++)
		add_coded(secret, len, before);
}

/* Returns how many bytes of the text are `value`; 0: it does not stand here. */
static size_t
length_here(const char *value, const char *s, const char *end)
{
	const char *at = s, *v = value;

	while (*v && at < end) {
		struct unit u = unit_at(at, end);

		if (fold(u.c) == *v)
			v++;
		else if (u.c != '\\' || v == value)
			return 0;
		at += u.len;
	}
	return !*v || v - value >= CUT_LEAST ? (size_t)(at - s) : 0;
}

/* Returns the length of the longest value here; 0: there is none. */
static size_t
longest_here(const char *s, const char *end)
{
	size_t longest = 0;

	for (size_t i = 0; i < known.len; i++) {
		size_t len = length_here(known.items[i], s, end);

		if (len > longest)
			longest = len;
	}
	return longest;
}

bool
known_secrets_hide(struct buf *out, const char *s, size_t len)
{
	const char *end = s + len, *copied = s;

	while (known.len && s < end) {
		size_t secret = longest_here(s, end);

		if (secret) {
			buf_add(out, copied, (size_t)(s - copied));
			buf_adds(out, "***");
			copied = s + secret;
		}
		s += secret ? secret : 1;
	}
	if (copied == end - len)
		return false;
	buf_add(out, copied, (size_t)(end - copied));
	return true;
}

void
known_secrets_clear(void)
{
	strlist_release(&known);
}
