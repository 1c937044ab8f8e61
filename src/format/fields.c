/* Choosing fields by their names: rows of the table (field_rows.c), families of
 * names that only a record knows, and the columns of -j. */
#include "config.h"

#include "format/fields.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "format/field_rows.h"
#include "json/write.h"
#include "text/suggest.h"

/* Append a field like `like`. `name` is what its adder looks for, `label` the
 * name that readers see. */
static void
append(struct fields *fields, const struct field *like, const char *name,
    const char *label)
{
	struct field *f;
	struct buf key;

	fields->items =
	    xgrow(fields->items, fields->len, sizeof(*fields->items));
	f = &fields->items[fields->len++];
	*f = *like;
	buf_init(&key);
	json_add_string(&key, label, strlen(label));
	buf_addc(&key, ':');
	f->name = xstrdup(name);
	f->key_len = key.len;
	f->key = buf_take(&key);
}

/* Append the field of a row of the table. */
static void
append_row(
    struct fields *fields, const struct field_row *row, const char *label)
{
	struct field like = {.add = row->add, .at = row->at};

	append(fields, &like, row->name, label);
}

/* A family of fields "PREFIX.NAME", whose NAMEs only a record knows. */
static const struct family {
	const char *prefix;
	field_adder *add;
} families[] = {
    {"row.", field_add_cell},
    {"headers.", field_add_header},
};

/* Append a field of a family. False if `name` is of none. */
static bool
append_member(struct fields *fields, const char *name)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		struct field like = {.add = families[i].add};
		size_t len = strlen(families[i].prefix);

		if (strncmp(name, families[i].prefix, len) == 0 && name[len]) {
			append(fields, &like, name + len, name);
			return true;
		}
	}
	return false;
}

/* Append the field of one column of --rows. */
static void
append_cell(struct fields *fields, const char *name)
{
	struct field like = {.add = field_add_cell};

	append(fields, &like, name, name);
}

/* Append the field of column `i` of -j. */
static void
append_column(struct fields *fields, const struct extractor *x, size_t i,
    const char *label)
{
	struct field like = {.add = field_add_column, .at = i};

	append(fields, &like, extractor_name(x, i), label);
}

/* Append "data.items" of -j with --items: the items as objects. Without -j the
 * items are a column like others. False if `name` is not that. */
static bool
append_items(
    struct fields *fields, const char *name, const struct extractor *extractor)
{
	struct field like = {.add = field_add_items};

	if (!extractor || !extractor_looks_into_items(extractor) ||
	    strcmp(name, "data.items") != 0)
		return false;
	append(fields, &like, "items", name);
	return true;
}

/* Append "data.NAME" of -j. False if there is no such NAME. */
static bool
append_data(
    struct fields *fields, const char *name, const struct extractor *extractor)
{
	size_t count = extractor ? extractor_count(extractor) : 0;

	if (strncmp(name, "data.", 5) != 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(name + 5, extractor_name(extractor, i)) == 0) {
			append_column(fields, extractor, i, name);
			return true;
		}
	}
	return false;
}

/* The row of this name; the row without a name if there is none. */
static const struct field_row *
find_row(const char *name)
{
	const struct field_row *row = field_rows;

	while (row->name && strcmp(row->name, name) != 0)
		row++;
	return row;
}

bool
fields_add(
    struct fields *fields, const char *name, const struct extractor *extractor)
{
	const struct field_row *row = find_row(name);

	if (!row->name)
		return append_member(fields, name) ||
		       append_items(fields, name, extractor) ||
		       append_data(fields, name, extractor);
	append_row(fields, row, name);
	return true;
}

/* Append the names of all fields, for a message. */
static void
add_all_names(struct buf *text)
{
	buf_adds(text, "known fields:");
	for (const struct field_row *row = field_rows; row->name; row++)
		buf_addf(text, " %s", row->name);
	buf_adds(text, " data.NAME (each -j or --xpath) row.NAME headers.NAME");
}

void
fields_add_data_names(struct buf *text, const struct extractor *extractor,
    const char *before, const char *after)
{
	size_t count = extractor ? extractor_count(extractor) : 0;

	if (count == 0)
		buf_adds(text, "add -j or --xpath to have one");
	for (size_t i = 0; i < count; i++)
		buf_addf(text, "%s %sdata.%s%s", i ? "," : "known:", before,
		    extractor_name(extractor, i), after);
}

/* The message about a field that does not exist. Caller frees. */
static char *
unknown_field(const char *name, const struct extractor *extractor)
{
	struct suggestion nearest;
	struct buf text;

	suggestion_init(&nearest, name);
	for (const struct field_row *row = field_rows; row->name; row++)
		suggestion_offer(&nearest, row->name);
	buf_init(&text);
	buf_addf(&text, "--fields: unknown field %s; ", name);
	if (strncmp(name, "data.", 5) == 0)
		fields_add_data_names(&text, extractor, "", "");
	else if (nearest.best)
		buf_addf(&text, "did you mean %s?", nearest.best);
	else
		add_all_names(&text);
	return buf_take(&text);
}

int
fields_choose(struct fields *fields, const struct output_options *options,
    const struct extractor *extractor, char **cause)
{
	*fields = (struct fields){0};
	for (size_t i = 0; i < options->fields.len; i++) {
		const char *name = options->fields.items[i];

		if (!fields_add(fields, name, extractor)) {
			*cause = unknown_field(name, extractor);
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

/* Is it the name of a column that is not from -j? */
static bool
is_taken(const struct row *row, const char *name)
{
	size_t len;

	if (strcmp(name, "http_code") == 0 || strcmp(name, "error") == 0)
		return true;
	return row ? row_get(row, name, &len) != NULL
	           : strcmp(name, "input") == 0;
}

/* Append column `i` of -j with a name that no other column has, since readers
 * of tables take names for keys. */
static void
append_named_column(struct fields *fields, const struct row *row,
    const struct extractor *extractor, size_t i)
{
	const char *name = extractor_name(extractor, i);
	char *full = xasprintf("data.%s", name);

	append_column(fields, extractor, i, is_taken(row, name) ? full : name);
	free(full);
}

void
fields_choose_cells(struct fields *fields, const struct row *row,
    const struct extractor *extractor)
{
	size_t cells = row ? row_count(row) : 0;
	size_t columns = extractor ? extractor_count(extractor) : 0;

	fields_release(fields);
	for (size_t i = 0; i < cells; i++)
		append_cell(fields, row_name(row, i));
	if (!row)
		append_row(fields, find_row("input"), "input");
	for (size_t i = 0; i < columns; i++)
		append_named_column(fields, row, extractor, i);
	append_row(fields, find_row("http_code"), "http_code");
	append_row(fields, find_row("error.class"), "error");
}

void
fields_choose_these(
    struct fields *fields, const char *const *names, size_t count)
{
	*fields = (struct fields){0};
	for (size_t i = 0; i < count; i++)
		fields_add(fields, names[i], NULL);
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
