#include "config.h"

#include "output/extract.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/xalloc.h"
#include "output/extract_items.h"
#include "output/extract_language.h"
#include "output/format.h"

struct named_expression {
	char *name;
	void *compiled; /* the language's */
};

struct extractor {
	const struct language *language;
	struct named_expression *expressions;
	size_t len;
	void *document;      /* the language's: the body at hand */
	struct items *items; /* --items; NULL: one page is one item */
};

bool
extract_wanted(const struct output_options *options)
{
	return output_options_extract(options) ||
	       (options->collect && format_default(options) == FORMAT_BODY);
}

/* Where the expression of "NAME=EXPRESSION" begins; a NAME is a word, so that
 * a filter's `=` is none. */
static const char *
expression_part(const char *text)
{
	size_t n = 0;

	while (ascii_is_alnum(text[n]) || (text[n] && strchr("_-", text[n])))
		n++;
	return n && text[n] == '=' ? text + n + 1 : text;
}

static bool
name_taken(const struct extractor *x, const char *name)
{
	for (size_t i = 0; i < x->len; i++)
		if (strcmp(x->expressions[i].name, name) == 0)
			return true;
	return false;
}

/* `name` as it is, or with the first free number behind it. Caller frees. */
static char *
free_name(const struct extractor *x, const char *name)
{
	char *free_one = xstrdup(name);

	for (unsigned i = 2; name_taken(x, free_one); i++) {
		free(free_one);
		free_one = xasprintf("%s_%u", name, i);
	}
	return free_one;
}

static char *
given_name(const char *text, const char *expression)
{
	return expression == text
	           ? NULL
	           : xmemdup0(text, (size_t)(expression - text - 1));
}

static char *
refusal(const struct language *l, const char *text, size_t column, char *why)
{
	char *message =
	    xasprintf("%s %s: column %zu: %s", l->option, text, column, why);

	free(why);
	return message;
}

static int
add_expression(struct extractor *x, const char *text, char **cause)
{
	const struct language *l = x->language;
	const char *part = expression_part(text);
	size_t column;
	char *given, *why;
	const char *name;
	void *compiled = l->compile(part, &column, &why);

	if (!compiled) {
		column += (size_t)(part - text);
		*cause = refusal(l, text, column, why);
		return -1;
	}
	given = given_name(text, part);
	name = given ? given : l->name(compiled);
	x->expressions[x->len].name =
	    free_name(x, name ? name : l->default_name);
	x->expressions[x->len++].compiled = compiled;
	if (x->items)
		items_add_path(x->items, compiled);
	free(given);
	return 0;
}

static int
add_items(struct extractor *x, const char *path, char **cause)
{
	if (!path)
		return 0;
	x->items = items_new(path, cause);
	return x->items ? 0 : -1;
}

static int
add_expressions(struct extractor *x, const struct strlist *texts, char **cause)
{
	x->expressions = xcalloc(texts->len + 1, sizeof(*x->expressions));
	for (size_t i = 0; i < texts->len; i++) {
		if (add_expression(x, texts->items[i], cause) < 0)
			return -1;
	}
	if (x->items && texts->len == 0)
		x->expressions[x->len++].name = xstrdup("items");
	return 0;
}

struct extractor *
extractor_new(const struct output_options *options, char **cause)
{
	struct extractor *x = xcalloc(1, sizeof(*x));
	bool xpath = options->xpath.len > 0;
	const struct strlist *texts =
	    xpath ? &options->xpath : &options->extract;

	x->language = xpath ? &language_xpath : &language_json;
	x->document = x->language->document_new();
	if (add_items(x, options->items, cause) == 0 &&
	    add_expressions(x, texts, cause) == 0)
		return x;
	extractor_free(x);
	return NULL;
}

void
extractor_free(struct extractor *x)
{
	if (!x)
		return;
	for (size_t i = 0; i < x->len; i++) {
		free(x->expressions[i].name);
		x->language->expression_free(x->expressions[i].compiled);
	}
	items_free(x->items);
	free(x->expressions);
	x->language->document_free(x->document);
	free(x);
}

const char *
extractor_option(const struct extractor *x)
{
	return x->language->option;
}

size_t
extractor_count(const struct extractor *x)
{
	return x->len;
}

const char *
extractor_name(const struct extractor *x, size_t i)
{
	return x->expressions[i].name;
}

static bool
is_singular(const struct extractor *x, size_t i)
{
	const void *compiled = x->expressions[i].compiled;

	return compiled && x->language->is_singular(compiled);
}

size_t
extractor_plural(const struct extractor *x)
{
	size_t n = 0;

	for (size_t i = 0; i < x->len; i++)
		n += !is_singular(x, i);
	return n;
}

struct columns *
columns_new(const struct extractor *x)
{
	struct columns *c = xcalloc(1, sizeof(*c));

	c->len = x->len;
	c->of_items = x->items && x->expressions[0].compiled;
	c->items = xcalloc(x->len, sizeof(*c->items));
	for (size_t i = 0; i < x->len; i++) {
		c->items[i].name = x->expressions[i].name;
		c->items[i].singular = !x->items && is_singular(x, i);
		buf_init(&c->items[i].text);
	}
	return c;
}

void
columns_free(struct columns *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->len; i++) {
		json_spans_release(&c->items[i].matches);
		buf_release(&c->items[i].text);
	}
	free(c->items);
	free(c);
}

static void
columns_clear(struct columns *c)
{
	for (size_t i = 0; i < c->len; i++) {
		c->items[i].matches.len = 0;
		buf_clear(&c->items[i].text);
	}
}

const char *
extract_body(struct result *r, size_t *len)
{
	const char *bytes = body_bytes(&r->body, len);

	if (!bytes)
		failure_set(&r->failure, ERROR_LOCAL, "memory", 0,
		    "cannot read the spilled body: %s", strerror(errno));
	return bytes;
}

static int
apply_all(struct extractor *x, struct result *r, struct columns *columns)
{
	if (x->items)
		return items_apply(x->items, x->document, columns, r);
	for (size_t i = 0; i < x->len; i++)
		if (x->language->apply(x->expressions[i].compiled, x->document,
		        &columns->items[i], r) < 0)
			return -1;
	return 0;
}

void
extractor_apply(struct extractor *x, struct result *r, struct columns *columns)
{
	columns_clear(columns);
	if (!result_ok(r) || x->language->read(x->document, r) < 0)
		return;
	if (apply_all(x, r, columns) < 0)
		columns_clear(columns);
	if (x->language->forget)
		x->language->forget(x->document);
}
