/* The names of columns with their index, and then rows of both kinds. */
#include "config.h"

#include "request/row.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "json/scan.h"
#include "json/write.h"
#include "redact/secret.h"

enum {
	FEW = 8 /* look-ups for which no index is made */
};

struct row {
	struct row_names *names;
	struct strlist cells; /* as text; a NULL in it is a JSON null */
	size_t *lens;         /* of the cells; NULL: they hold no NULs */
	char *object;         /* the JSON object; NULL: the row is cells */
	size_t object_len;
	size_t refs;
};

struct row_names *
row_names_new(void)
{
	struct row_names *names = xcalloc(1, sizeof(*names));

	names->refs = 1;
	strmap_init(&names->index);
	return names;
}

void
row_names_unref(struct row_names *names)
{
	if (!names || --names->refs > 0)
		return;
	strlist_release(&names->names);
	strmap_release(&names->index);
	free(names);
}

static void
make_index(struct row_names *names)
{
	char **items = names->names.items;

	for (size_t i = 0; i < names->names.len; i++)
		strmap_set(&names->index, items[i], &items[i]);
}

bool
row_names_repeat(struct row_names *names)
{
	make_index(names);
	return strmap_len(&names->index) < names->names.len;
}

bool
row_names_hold_secret(const struct strlist *columns)
{
	for (size_t i = 0; columns && i < columns->len; i++)
		if (secret_is_header(
		        columns->items[i], strlen(columns->items[i])))
			return true;
	return false;
}

/* The place of the last column of that name, as the index has it, too; NULL:
 * there is none. */
static char **
find_name(struct row_names *names, const char *name)
{
	char **items = names->names.items;

	if (strmap_len(&names->index) == 0 && ++names->asked > FEW)
		make_index(names);
	if (strmap_len(&names->index))
		return strmap_get(&names->index, name);
	for (size_t i = names->names.len; i-- > 0;)
		if (strcmp(items[i], name) == 0)
			return &items[i];
	return NULL;
}

static struct row *
new_row(void)
{
	struct row *row = xcalloc(1, sizeof(*row));

	row->refs = 1;
	return row;
}

struct row *
row_new(struct row_names *names, struct strlist *cells)
{
	struct row *row = new_row();

	assert(names->names.len == cells->len);
	names->refs++;
	row->names = names;
	row->cells = *cells;
	strlist_init(cells);
	return row;
}

/* Append the member whose name is the token `name` as a column. */
static void
add_member(struct row *row, const struct json_doc *doc, uint32_t name)
{
	struct json_span key = json_span_at(doc, name);
	struct json_span value = json_span_at(doc, name + 1);
	struct buf text = {0};
	size_t at = row->cells.len;

	json_add_text(&text, key.start, key.len);
	strlist_add_owned(&row->names->names, buf_take(&text));
	row->lens = xgrow(row->lens, at, sizeof(*row->lens));
	row->lens[at] = 0;
	if (*value.start == 'n') {
		strlist_add_owned(&row->cells, NULL);
		return;
	}
	json_add_text(&text, value.start, value.len);
	row->lens[at] = text.len;
	strlist_add_owned(&row->cells, buf_take(&text));
}

struct row *
row_new_json(const char *object, size_t len)
{
	struct row *row = new_row();
	struct json_doc *doc = json_doc_new();
	struct json_error error;

	row->names = row_names_new();
	row->object = xmemdup0(object, len);
	row->object_len = len;
	if (json_doc_scan(doc, object, len, &error) == 0 &&
	    json_first(doc, 0) == '{') {
		uint32_t name = json_inside(0);

		for (; name < json_close(doc, 0);
		     name = json_after(doc, name + 1))
			add_member(row, doc, name);
	}
	json_doc_free(doc);
	return row;
}

struct row *
row_ref(struct row *row)
{
	row->refs++;
	return row;
}

void
row_free(struct row *row)
{
	if (!row || --row->refs > 0)
		return;
	row_names_unref(row->names);
	strlist_release(&row->cells);
	free(row->lens);
	free(row->object);
	free(row);
}

size_t
row_count(const struct row *row)
{
	return row->cells.len;
}

const struct strlist *
row_columns(const struct row *row)
{
	return &row->names->names;
}

const char *
row_name(const struct row *row, size_t i)
{
	return row->names->names.items[i];
}

const char *
row_value(const struct row *row, size_t i, size_t *len)
{
	const char *cell = row->cells.items[i];

	if (cell)
		*len = row->lens ? row->lens[i] : strlen(cell);
	return cell;
}

const char *
row_get(const struct row *row, const char *name, size_t *len)
{
	char **at = find_name(row->names, name);

	if (!at)
		return NULL;
	return row_value(row, (size_t)(at - row->names->names.items), len);
}

void
row_add_json(struct buf *out, const struct row *row)
{
	if (row->object) {
		json_add_compact(out, row->object, row->object_len);
		return;
	}
	buf_addc(out, '{');
	for (size_t i = 0; i < row_count(row); i++) {
		const char *name = row_name(row, i);
		const char *cell = row->cells.items[i];

		if (i > 0)
			buf_addc(out, ',');
		json_add_string(out, name, strlen(name));
		buf_addc(out, ':');
		json_add_string(out, cell, strlen(cell));
	}
	buf_addc(out, '}');
}
