#include "config.h"

#include "output/extract.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/xalloc.h"
#include "output/format.h"

struct named_path {
	char *name;
	struct json_path *path;
};

struct extractor {
	struct named_path *paths;
	size_t len;
	struct json_doc *doc; /* the body at hand, scanned */
};

bool
extract_wanted(const struct output_options *options)
{
	return options->extract.len > 0 ||
	       (options->collect && format_default(options) == FORMAT_BODY);
}

/* Where the PATH of "NAME=PATH" begins; a NAME is a word, so that a filter's
 * `=` is none. */
static const char *
path_part(const char *text)
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
		if (strcmp(x->paths[i].name, name) == 0)
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
given_name(const char *text, const char *path)
{
	return path == text ? NULL : xmemdup0(text, (size_t)(path - text - 1));
}

static int
add_path(struct extractor *x, const char *text, char **cause)
{
	const char *path_text = path_part(text);
	struct json_error error;
	struct json_path *path = json_path_new(path_text, &error);
	char *given;
	const char *name;

	if (!path) {
		*cause = xasprintf("-j %s: column %zu: %s", text,
		    error.column + (size_t)(path_text - text), error.message);
		return -1;
	}
	given = given_name(text, path_text);
	name = given ? given : json_path_last_name(path);
	x->paths[x->len].name = free_name(x, name ? name : "value");
	x->paths[x->len++].path = path;
	free(given);
	return 0;
}

struct extractor *
extractor_new(const struct output_options *options, char **cause)
{
	struct extractor *x = xcalloc(1, sizeof(*x));
	const struct strlist *texts = &options->extract;

	x->doc = json_doc_new();
	x->paths = xcalloc(texts->len, sizeof(*x->paths));
	for (size_t i = 0; i < texts->len; i++) {
		if (add_path(x, texts->items[i], cause) < 0) {
			extractor_free(x);
			return NULL;
		}
	}
	return x;
}

void
extractor_free(struct extractor *x)
{
	if (!x)
		return;
	for (size_t i = 0; i < x->len; i++) {
		free(x->paths[i].name);
		json_path_free(x->paths[i].path);
	}
	free(x->paths);
	json_doc_free(x->doc);
	free(x);
}

size_t
extractor_count(const struct extractor *x)
{
	return x->len;
}

const char *
extractor_name(const struct extractor *x, size_t i)
{
	return x->paths[i].name;
}

size_t
extractor_plural(const struct extractor *x)
{
	size_t n = 0;

	for (size_t i = 0; i < x->len; i++)
		n += !json_path_is_singular(x->paths[i].path);
	return n;
}

struct columns *
columns_new(const struct extractor *x)
{
	struct columns *c = xcalloc(1, sizeof(*c));

	c->len = x->len;
	c->items = xcalloc(x->len, sizeof(*c->items));
	for (size_t i = 0; i < x->len; i++) {
		c->items[i].name = x->paths[i].name;
		c->items[i].singular = json_path_is_singular(x->paths[i].path);
	}
	return c;
}

void
columns_free(struct columns *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->len; i++)
		json_spans_release(&c->items[i].matches);
	free(c->items);
	free(c);
}

static void
columns_clear(struct columns *c)
{
	for (size_t i = 0; i < c->len; i++)
		c->items[i].matches.len = 0;
}

static void
fail_json(struct result *r, const char *reason, const struct json_error *error)
{
	failure_set(&r->failure, ERROR_JSON, reason, 0,
	    "the body is no valid JSON: line %zu, column %zu: %s", error->line,
	    error->column, error->message);
}

static int
scan_body(struct extractor *x, struct result *r)
{
	struct json_error error;
	size_t len;
	const char *bytes = body_bytes(&r->body, &len);

	if (!bytes) {
		failure_set(&r->failure, ERROR_LOCAL, "memory", 0,
		    "cannot read the spilled body: %s", strerror(errno));
		return -1;
	}
	if (len == 0) {
		failure_set(&r->failure, ERROR_JSON, "empty", 0,
		    "the body is empty, so it is no JSON");
		return -1;
	}
	if (json_doc_scan(x->doc, bytes, len, &error) == 0)
		return 0;
	fail_json(r, "syntax", &error);
	return -1;
}

void
extractor_apply(struct extractor *x, struct result *r, struct columns *columns)
{
	struct json_error error;

	columns_clear(columns);
	if (!result_ok(r) || scan_body(x, r) < 0)
		return;
	for (size_t i = 0; i < x->len; i++) {
		if (json_path_apply(x->paths[i].path, x->doc,
		        &columns->items[i].matches, &error) == 0)
			continue;
		failure_set(&r->failure, ERROR_JSON, "path", 0, "%s: %s",
		    x->paths[i].name, error.message);
		columns_clear(columns);
		return;
	}
}
