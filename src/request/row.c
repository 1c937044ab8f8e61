#include "config.h"

#include "request/row.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

struct row {
	struct row_names *names;
	struct strlist cells;
	char *object; /* what a row that came as JSON was; else NULL */
};

struct row_names *
row_names_new(void)
{
	struct row_names *names = xcalloc(1, sizeof(*names));

	names->refs = 1;
	return names;
}

void
row_names_unref(struct row_names *names)
{
	if (!names || --names->refs > 0)
		return;
	strlist_release(&names->names);
	free(names);
}

struct row *
row_new(struct row_names *names, struct strlist *cells)
{
	struct row *row = xcalloc(1, sizeof(*row));

	assert(names->names.len == cells->len);
	names->refs++;
	row->names = names;
	row->cells = *cells;
	strlist_init(cells);
	return row;
}

void
row_free(struct row *row)
{
	if (!row)
		return;
	row_names_unref(row->names);
	strlist_release(&row->cells);
	free(row->object);
	free(row);
}

size_t
row_count(const struct row *row)
{
	return row->cells.len;
}

const char *
row_name(const struct row *row, size_t i)
{
	return row->names->names.items[i];
}

const char *
row_value(const struct row *row, size_t i, size_t *len)
{
	*len = strlen(row->cells.items[i]);
	return row->cells.items[i];
}

const char *
row_get(const struct row *row, const char *name, size_t *len)
{
	for (size_t i = 0; i < row_count(row); i++) {
		if (strcmp(row_name(row, i), name) == 0)
			return row_value(row, i, len);
	}
	return NULL;
}
