#include "config.h"

#include "format/extract_items.h"

#include <stdlib.h>

#include "base/xalloc.h"

struct items {
	struct matcher *path;
	struct matcher *elements; /* "[*]" */
	struct reading *item;     /* of the one at hand */
	struct matches found;
	/* What is looked for in each, borrowed, and what was found: */
	const struct matcher **paths;
	struct matches *cells;
	size_t len;
};

struct items *
items_new(const struct output_options *options, char **cause)
{
	struct items *items = xcalloc(1, sizeof(*items));
	struct match_text text = {
	    .option = "--items",
	    .text = options->items,
	    .max = options->extract_max,
	};

	items->path = matcher_new(&text, cause);
	if (!items->path) {
		items_free(items);
		return NULL;
	}
	text.text = "[*]";
	items->elements = matcher_new(&text, cause);
	items->item = reading_new(MATCH_JSON);
	return items;
}

void
items_free(struct items *items)
{
	if (!items)
		return;
	matcher_free(items->path);
	matcher_free(items->elements);
	reading_free(items->item);
	matches_release(&items->found);
	for (size_t i = 0; i < items->len; i++)
		matches_release(&items->cells[i]);
	free(items->cells);
	free(items->paths);
	free(items);
}

void
items_add_path(struct items *items, const struct matcher *path)
{
	size_t len = items->len++;

	items->paths =
	    xreallocarray(items->paths, items->len, sizeof(*items->paths));
	items->cells =
	    xreallocarray(items->cells, items->len, sizeof(*items->cells));
	items->paths[len] = path;
	items->cells[len] = (struct matches){0};
}

static int
find(struct items *items, struct reading *page, struct result *r)
{
	struct json_span only;

	matches_clear(&items->found);
	if (matcher_apply(items->path, page, &items->found, r))
		return -1;
	if (!matcher_is_singular(items->path) || items->found.spans.len == 0)
		return 0;
	only = items->found.spans.items[0];
	if (*only.start != '[')
		return 0;
	reading_begin(items->item);
	reading_take_match(items->item, &only);
	matches_clear(&items->found);
	return matcher_apply(items->elements, items->item, &items->found, r);
}

/* The matches of all paths in an item. */
static int
look_into(struct items *items, struct columns *columns, struct result *r)
{
	for (size_t i = 0; i < columns->len; i++) {
		matches_clear(&items->cells[i]);
		if (matcher_apply(
		        items->paths[i], items->item, &items->cells[i], r))
			return -1;
	}
	return 0;
}

/* One row, or as many as the path with many matches has. */
static size_t
count_rows(const struct items *items)
{
	for (size_t i = 0; i < items->len; i++) {
		if (!matcher_is_singular(items->paths[i]))
			return items->cells[i].spans.len;
	}
	return 1;
}

static void
push_cell(struct column *column, const struct json_spans *cells, size_t row)
{
	static const struct json_span nothing = {NULL, 0};

	json_spans_add(&column->matches.spans,
	    row < cells->len ? cells->items[row] : nothing);
}

/* What each further row says again. */
static int
repeat(struct items *items, size_t rows, struct result *r)
{
	uint64_t size = 0;

	for (size_t i = 0; i < items->len; i++)
		if (matcher_is_singular(items->paths[i]))
			size += items->cells[i].spans.size;
	if (rows < 2)
		return 0;
	return matcher_repeat(items->path, items->item, (rows - 1) * size, r);
}

static int
push_rows(struct items *items, struct columns *columns, struct result *r)
{
	size_t rows = count_rows(items);

	if (repeat(items, rows, r))
		return -1;
	for (size_t row = 0; row < rows; row++) {
		for (size_t i = 0; i < columns->len; i++)
			push_cell(&columns->items[i], &items->cells[i].spans,
			    matcher_is_singular(items->paths[i]) ? 0 : row);
	}
	return 0;
}

static int
add_item(struct items *items, struct columns *columns, struct result *r)
{
	if (look_into(items, columns, r))
		return -1;
	return push_rows(items, columns, r);
}

int
items_apply(struct items *items, struct reading *page, struct columns *columns,
    struct result *r)
{
	if (find(items, page, r))
		return -1;
	reading_begin(items->item);
	for (size_t i = 0; i < items->found.spans.len; i++) {
		struct json_span span = items->found.spans.items[i];

		if (!items->len) {
			json_spans_add(&columns->items[0].matches.spans, span);
			continue;
		}
		reading_take_match(items->item, &span);
		if (add_item(items, columns, r))
			return -1;
	}
	return 0;
}
