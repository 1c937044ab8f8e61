#include "config.h"

#include "xml/expression.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "base/suggest.h"
#include "base/xalloc.h"

/* XPath 1.0, 4; and the node tests that are written like them (2.3). */
static const char *const functions[] = {"boolean", "ceiling", "comment",
    "concat", "contains", "count", "false", "floor", "id", "lang", "last",
    "local-name", "name", "namespace-uri", "node", "normalize-space", "not",
    "number", "position", "processing-instruction", "round", "starts-with",
    "string", "string-length", "substring", "substring-after",
    "substring-before", "sum", "text", "translate", "true", NULL};

static const char *const operators[] = {"and", "div", "mod", "or", NULL};

/* A word of the expression: a name, and what stands around it. */
struct word {
	const char *at;
	size_t len;
	char before;  /* the last character before it that is no blank */
	char behind;  /* the first behind it */
	size_t depth; /* of the brackets [ ] around it */
};

static bool
in_name(char c)
{
	return ascii_is_alnum(c) || c < 0 || (c && strchr("_.-", c));
}

static bool
begins_name(char c)
{
	return ascii_is_alpha(c) || c < 0 || c == '_';
}

static bool
is_among(const char *const *list, const struct word *w)
{
	for (; *list; list++)
		if (strlen(*list) == w->len &&
		    memcmp(*list, w->at, w->len) == 0)
			return true;
	return false;
}

/* Behind the literal, number or character at `at`. */
static const char *
skip_other(const char *at)
{
	const char *close;

	if (ascii_is_digit(*at))
		return at + strspn(at, "0123456789.");
	if (*at != '"' && *at != '\'')
		return at + 1;
	close = strchr(at + 1, *at);
	return close ? close + 1 : at + strlen(at);
}

static void
pass_other(struct word *w)
{
	const char *next = skip_other(w->at);

	if (*w->at == '[')
		w->depth++;
	else if (*w->at == ']' && w->depth)
		w->depth--;
	if (!strchr(" \t\r\n", *w->at))
		w->before = *w->at;
	w->at = next;
}

/* The next word behind `w`, which begins zeroed but for `at`. */
static bool
next_word(struct word *w)
{
	if (w->len)
		w->before = w->at[w->len - 1];
	w->at += w->len;
	while (*w->at && !begins_name(*w->at))
		pass_other(w);
	for (w->len = 0; in_name(w->at[w->len]);)
		w->len++;
	w->behind = w->at[w->len + strspn(w->at + w->len, " \t\r\n")];
	return w->len > 0;
}

/* Behind a value, `and` is an operator; behind these it is a name. */
static bool
is_operator(const struct word *w)
{
	return is_among(operators, w) && w->before &&
	       !strchr("/@:[(,|+-*=<>", w->before);
}

static bool
is_node_name(const struct word *w)
{
	return w->behind != '(' && w->behind != ':' && w->before != '$' &&
	       !is_operator(w);
}

char *
expression_last_name(const char *text)
{
	struct word w = {.at = text}, last = {0};

	while (next_word(&w))
		if (w.depth == 0 && is_node_name(&w))
			last = w;
	return last.len ? xmemdup0(last.at, last.len) : NULL;
}

const char *
expression_unknown_function(const char *text, size_t *len)
{
	struct word w = {.at = text};

	while (next_word(&w)) {
		if (w.behind != '(' || is_operator(&w) ||
		    is_among(functions, &w))
			continue;
		*len = w.len;
		return w.at;
	}
	return NULL;
}

const char *
expression_similar_function(const char *name)
{
	struct suggestion s;

	suggestion_init(&s, name);
	for (const char *const *f = functions; *f; f++)
		suggestion_offer(&s, *f);
	return s.best;
}
