#include "config.h"

#include "output/fields.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/xalloc.h"
#include "json/write.h"
#include "output/field_rows.h"

/* `name` is what the adder knows it by, `label` what the reader does. */
static void
append(struct fields *fields, const struct field *like, const char *name,
    const char *label)
{
	struct field *f;
	struct buf key;

	fields->items = xreallocarray(
	    fields->items, fields->len + 1, sizeof(*fields->items));
	f = &fields->items[fields->len++];
	*f = *like;
	buf_init(&key);
	json_add_string(&key, label, strlen(label));
	buf_addc(&key, ':');
	f->name = xstrdup(name);
	f->key_len = key.len;
	f->key = buf_take(&key);
}

static void
append_row(
    struct fields *fields, const struct field_row *row, const char *label)
{
	struct field like = {.add = row->add, .at = row->at};

	append(fields, &like, row->name, label);
}

/* "row.NAME" of --rows. */
static void
append_cell(struct fields *fields, const char *name, const char *label)
{
	struct field like = {.add = field_add_cell};

	append(fields, &like, name, label);
}

static void
append_column(struct fields *fields, const struct extractor *x, size_t i,
    const char *label)
{
	struct field like = {.add = field_add_column, .at = i};

	append(fields, &like, extractor_name(x, i), label);
}

/* "data.NAME" of -j. */
static bool
append_data(
    struct fields *fields, const char *name, const struct extractor *extractor)
{
	size_t count = extractor ? extractor_count(extractor) : 0;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(name + 5, extractor_name(extractor, i)) == 0) {
			append_column(fields, extractor, i, name);
			return true;
		}
	}
	return false;
}

/* The row without a name if there is none. */
static const struct field_row *
find_row(const char *name)
{
	const struct field_row *row = field_rows;

	while (row->name && strcmp(row->name, name) != 0)
		row++;
	return row;
}

static bool
append_named(
    struct fields *fields, const char *name, const struct extractor *extractor)
{
	const struct field_row *row = find_row(name);

	if (row->name)
		append_row(fields, row, name);
	else if (strncmp(name, "row.", 4) == 0)
		append_cell(fields, name + 4, name);
	else
		return strncmp(name, "data.", 5) == 0 &&
		       append_data(fields, name, extractor);
	return true;
}

static char *
unknown_field(const char *name)
{
	struct suggestion nearest;
	struct buf text;

	suggestion_init(&nearest, name);
	for (const struct field_row *row = field_rows; row->name; row++)
		suggestion_offer(&nearest, row->name);
	buf_init(&text);
	buf_addf(&text, "--fields: there is no field %s", name);
	if (nearest.best)
		buf_addf(&text, "; did you mean %s?", nearest.best);
	buf_adds(&text, " Fields are:");
	for (const struct field_row *row = field_rows; row->name; row++)
		buf_addf(&text, " %s", row->name);
	buf_adds(&text, ", data.NAME for each -j or --xpath, and row.NAME");
	return buf_take(&text);
}

int
fields_choose(struct fields *fields, const struct output_options *options,
    const struct extractor *extractor, char **cause)
{
	*fields = (struct fields){0};
	for (size_t i = 0; i < options->fields.len; i++) {
		const char *name = options->fields.items[i];

		if (!append_named(fields, name, extractor)) {
			*cause = unknown_field(name);
			fields_release(fields);
			return -1;
		}
	}
	if (options->fields.len)
		return 0;
	for (const struct field_row *row = field_rows; row->name; row++)
		if (row->by_default(options))
			append_row(fields, row, row->name);
	return 0;
}

void
fields_choose_cells(struct fields *fields, const struct row *row,
    const struct extractor *extractor)
{
	size_t cells = row ? row_count(row) : 0;
	size_t columns = extractor ? extractor_count(extractor) : 0;

	fields_release(fields);
	for (size_t i = 0; i < cells; i++)
		append_cell(fields, row_name(row, i), row_name(row, i));
	if (!row)
		append_row(fields, find_row("input"), "input");
	for (size_t i = 0; i < columns; i++)
		append_column(
		    fields, extractor, i, extractor_name(extractor, i));
	append_row(fields, find_row("http_code"), "http_code");
	append_row(fields, find_row("error.class"), "error");
}

void
fields_choose_these(
    struct fields *fields, const char *const *names, size_t count)
{
	*fields = (struct fields){0};
	for (size_t i = 0; i < count; i++)
		append_named(fields, names[i], NULL);
}

void
fields_release(struct fields *fields)
{
	for (size_t i = 0; i < fields->len; i++) {
		free(fields->items[i].name);
		free(fields->items[i].key);
	}
	free(fields->items);
	*fields = (struct fields){0};
}
