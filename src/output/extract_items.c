#include "config.h"

#include "output/extract_items.h"

#include <stdlib.h>

#include "base/xalloc.h"

struct items {
	struct json_path *path;
	struct json_path *elements; /* "[*]" */
	struct json_doc *item;      /* the one at hand, scanned */
	struct json_spans found;
	/* What is looked for in each, borrowed, and what was found: */
	const struct json_path **paths;
	struct json_spans *cells;
	size_t len;
};

struct items *
items_new(const char *path, char **cause)
{
	struct items *items = xcalloc(1, sizeof(*items));
	struct json_error error;

	items->path = json_path_new(path, &error);
	if (!items->path) {
		*cause = xasprintf("--items %s: column %zu: %s", path,
		    error.column, error.message);
		items_free(items);
		return NULL;
	}
	items->elements = json_path_new("$[*]", &error);
	items->item = json_doc_new();
	return items;
}

void
items_free(struct items *items)
{
	if (!items)
		return;
	json_path_free(items->path);
	json_path_free(items->elements);
	json_doc_free(items->item);
	json_spans_release(&items->found);
	for (size_t i = 0; i < items->len; i++)
		json_spans_release(&items->cells[i]);
	free(items->cells);
	free(items->paths);
	free(items);
}

void
items_add_path(struct items *items, const struct json_path *path)
{
	size_t len = items->len++;

	items->paths =
	    xreallocarray(items->paths, items->len, sizeof(*items->paths));
	items->cells =
	    xreallocarray(items->cells, items->len, sizeof(*items->cells));
	items->paths[len] = path;
	items->cells[len] = (struct json_spans){0};
}

static int
fail(struct result *r, const char *name, const struct json_error *error)
{
	failure_set(
	    &r->failure, ERROR_JSON, "path", 0, "%s: %s", name, error->message);
	return -1;
}

/* What was scanned as part of the page is valid. */
static void
scan(struct items *items, const struct json_span *span)
{
	struct json_error error;

	json_doc_scan(items->item, span->start, span->len, &error);
}

static int
find(struct items *items, const struct json_doc *page, struct result *r)
{
	struct json_error error;
	struct json_span *only;

	items->found.len = 0;
	if (json_path_apply(items->path, page, &items->found, &error))
		return fail(r, "--items", &error);
	only = items->found.items;
	if (!json_path_is_singular(items->path) || items->found.len == 0 ||
	    *only->start != '[')
		return 0;
	scan(items, only);
	items->found.len = 0;
	if (json_path_apply(
	        items->elements, items->item, &items->found, &error))
		return fail(r, "--items", &error);
	return 0;
}

static void
push(struct json_spans *spans, struct json_span span)
{
	if (spans->len == spans->cap) {
		spans->cap = spans->cap ? 2 * spans->cap : 16;
		spans->items = xreallocarray(
		    spans->items, spans->cap, sizeof(*spans->items));
	}
	spans->items[spans->len++] = span;
}

/* The matches of all paths in an item. */
static int
look_into(struct items *items, struct columns *columns, struct result *r)
{
	struct json_error error;

	for (size_t i = 0; i < columns->len; i++) {
		items->cells[i].len = 0;
		if (json_path_apply(
		        items->paths[i], items->item, &items->cells[i], &error))
			return fail(r, columns->items[i].name, &error);
	}
	return 0;
}

/* One row, or as many as the path with many matches has. */
static size_t
count_rows(const struct items *items)
{
	for (size_t i = 0; i < items->len; i++) {
		if (!json_path_is_singular(items->paths[i]))
			return items->cells[i].len;
	}
	return 1;
}

static void
push_cell(struct column *column, const struct json_spans *cells, size_t row)
{
	static const struct json_span nothing = {NULL, 0};

	push(&column->matches, row < cells->len ? cells->items[row] : nothing);
}

static void
push_rows(struct items *items, struct columns *columns)
{
	size_t rows = count_rows(items);

	for (size_t row = 0; row < rows; row++) {
		for (size_t i = 0; i < columns->len; i++)
			push_cell(&columns->items[i], &items->cells[i],
			    json_path_is_singular(items->paths[i]) ? 0 : row);
	}
}

static int
add_item(struct items *items, struct columns *columns, struct result *r)
{
	if (look_into(items, columns, r))
		return -1;
	push_rows(items, columns);
	return 0;
}

int
items_apply(struct items *items, const struct json_doc *page,
    struct columns *columns, struct result *r)
{
	if (find(items, page, r))
		return -1;
	for (size_t i = 0; i < items->found.len; i++) {
		struct json_span span = items->found.items[i];

		if (!items->len) {
			push(&columns->items[0].matches, span);
			continue;
		}
		scan(items, &span);
		if (add_item(items, columns, r))
			return -1;
	}
	return 0;
}
