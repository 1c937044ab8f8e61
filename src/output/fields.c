#include "config.h"

#include "output/fields.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/xalloc.h"
#include "json/write.h"
#include "output/field_rows.h"

static void
append(struct fields *fields, const struct field_row *row, const char *name)
{
	struct field *f;
	struct buf key;

	fields->items = xreallocarray(
	    fields->items, fields->len + 1, sizeof(*fields->items));
	f = &fields->items[fields->len++];
	buf_init(&key);
	json_add_string(&key, name, strlen(name));
	buf_addc(&key, ':');
	f->add = row->add;
	f->at = row->at;
	f->key_len = key.len;
	f->key = buf_take(&key);
}

/* "data.NAME" of -j. */
static bool
append_column(
    struct fields *fields, const char *name, const struct extractor *extractor)
{
	size_t count = extractor ? extractor_count(extractor) : 0;

	if (strncmp(name, "data.", 5) != 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct field_row row = {.add = field_add_column, .at = i};

		if (strcmp(name + 5, extractor_name(extractor, i)) == 0) {
			append(fields, &row, name);
			return true;
		}
	}
	return false;
}

static bool
append_named(
    struct fields *fields, const char *name, const struct extractor *extractor)
{
	for (const struct field_row *row = field_rows; row->name; row++) {
		if (strcmp(row->name, name) == 0) {
			append(fields, row, name);
			return true;
		}
	}
	return append_column(fields, name, extractor);
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
	buf_adds(&text, ", and data.NAME for each -j");
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
			append(fields, row, row->name);
	return 0;
}

void
fields_release(struct fields *fields)
{
	for (size_t i = 0; i < fields->len; i++)
		free(fields->items[i].key);
	free(fields->items);
	*fields = (struct fields){0};
}
