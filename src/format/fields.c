/*
 * Choosing fields by their names: rows of the table (field_rows.c), families of
 * names that only a record knows, the columns of -j; then what a bare name and
 * NEW=NAME of --fields mean.
 */
#include "config.h"

#include "format/fields.h"

#include <stdlib.h>
#include <string.h>

#include "base/strmap.h"
#include "base/xalloc.h"
#include "format/field_advice.h"
#include "format/field_rows.h"
#include "json/write.h"

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
	buf_addc(&key, ',');
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

/* Append a part of the parent: "url", "match" or, as in a template, a path into
 * that: "match.id", "match[0]". False if `name` is none. */
static bool
append_parent(struct fields *fields, const char *name, const char *label)
{
	struct field like = {.add = field_add_parent_url};
	struct json_error error;

	if (strcmp(name, "url") != 0) {
		if (strncmp(name, "match", 5) != 0 ||
		    (name[5] && !strchr(".[", name[5])))
			return false;
		like.add = field_add_parent_match;
		like.path = json_path_new(name[5] ? name + 5 : "$", &error);
		if (!like.path)
			return false;
	}
	append(fields, &like, name, label);
	return true;
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
append_member(struct fields *fields, const char *name, const char *label)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		struct field like = {.add = families[i].add};
		size_t len = strlen(families[i].prefix);

		if (strncmp(name, families[i].prefix, len) == 0 && name[len]) {
			append(fields, &like, name + len, label);
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

/* Append "data.NAME" of -j. False if there is no such NAME. */
static bool
append_data(struct fields *fields, const struct extractor *extractor,
    const char *name, const char *label)
{
	size_t i;

	if (strncmp(name, "data.", 5) != 0 || !extractor)
		return false;
	i = extractor_find(extractor, name + 5);
	if (i == extractor_count(extractor))
		return false;
	append_column(fields, extractor, i, label);
	return true;
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

/* Append the field of a name with a prefix: "row.NAME", "headers.NAME",
 * "data.NAME", "parent.NAME". False if it is none. */
static bool
append_prefixed(struct fields *fields, const struct extractor *extractor,
    const char *name, const char *label)
{
	if (strncmp(name, FIELD_PARENT, strlen(FIELD_PARENT)) == 0)
		return append_parent(
		    fields, name + strlen(FIELD_PARENT), label);
	return append_member(fields, name, label) ||
	       append_data(fields, extractor, name, label);
}

bool
fields_add(
    struct fields *fields, const char *name, const struct extractor *extractor)
{
	const struct field_row *row = find_row(name);

	if (!row->name)
		return append_prefixed(fields, extractor, name, name);
	append_row(fields, row, name);
	return true;
}

bool
field_add_value(
    const struct record *record, const struct field *f, struct buf *out)
{
	return f->add(record, f, out) ||
	       (f->stand_in && f->stand_in->add(record, f->stand_in, out));
}

/* --- what --fields names -------------------------------------------------- */

/* An entry of --fields: "NAME" or "NEW=NAME". */
struct choice {
	char *name;  /* owned */
	char *label; /* owned: what readers see */
	/* What the name stands for, beside a field of the record: */
	bool is_column;   /* a NAME of -j, ... */
	size_t column;    /* ... this one */
	bool is_cell;     /* a column of the rows */
	bool may_be_cell; /* it may be one, which shows row by row */
};

/* What --fields may choose from, and what it has chosen. There may be a hundred
 * thousand columns, each of which is named, so names are looked up in maps. */
struct choosing {
	const struct field_scope *scope;
	struct strmap columns; /* the names of those of --rows */
	struct strmap keys;    /* of the fields so far */
};

static void
choosing_open(struct choosing *g, const struct field_scope *scope)
{
	const struct strlist *columns = field_scope_columns(scope);

	g->scope = scope;
	strmap_init(&g->columns);
	strmap_init(&g->keys);
	for (size_t i = 0; columns && i < columns->len; i++)
		strmap_set(&g->columns, columns->items[i], columns->items[i]);
}

static void
choosing_release(struct choosing *g)
{
	strmap_release(&g->columns);
	strmap_release(&g->keys);
}

static bool
has_column(const struct choosing *g, const char *name)
{
	return strmap_get(&g->columns, name) != NULL;
}

/* Find what the name of the choice stands for. */
static void
look_up(struct choice *c, const struct choosing *g)
{
	const struct extractor *x = g->scope->extractor;
	const struct names *names = g->scope->names;

	c->column = x ? extractor_find(x, c->name) : 0;
	c->is_column = x && c->column < extractor_count(x);
	c->is_cell = has_column(g, c->name);
	c->may_be_cell = names && names->has_any_column;
}

/* Divide "NEW=NAME". Names of columns and of -j may hold a `=`, so a name that
 * is there as a whole is not divided. -1 with *cause set: a half is empty. */
static int
choice_open(
    struct choice *c, const char *text, const struct choosing *g, char **cause)
{
	const char *equals = strchr(text, '=');
	size_t len;

	*c = (struct choice){.name = xstrdup(text)};
	look_up(c, g);
	if (!equals || c->is_column || c->is_cell) {
		c->label = xstrdup(text);
		return 0;
	}
	for (len = (size_t)(equals - text); len && text[len - 1] == ' ';)
		len--;
	equals += 1 + strspn(equals + 1, " ");
	free(c->name);
	c->name = xstrdup(equals);
	c->label = xmemdup0(text, len);
	look_up(c, g);
	if (*c->name && *c->label)
		return 0;
	*cause = xasprintf("--fields: %s: write NEW=NAME to rename a field, as "
	                   "in price=data.price",
	    text);
	return -1;
}

static void
choice_release(struct choice *c)
{
	free(c->name);
	free(c->label);
}

/* The field of a NAME of -j or of a column of the rows. */
static struct field
field_of(const struct choice *c)
{
	return (struct field){
	    .add = c->is_column ? field_add_column : field_add_cell,
	    .at = c->column,
	};
}

/* Append the field of a row of the table, and what stands in for it. */
static void
append_row_or(
    struct fields *fields, const struct field_row *row, const struct choice *c)
{
	struct field other = field_of(c);
	struct field *last;

	append_row(fields, row, c->label);
	if (!c->is_column && !c->is_cell && !c->may_be_cell)
		return;
	other.name = xstrdup(c->name);
	last = &fields->items[fields->len - 1];
	last->stand_in = xcalloc(1, sizeof(other));
	*last->stand_in = other;
}

/* Is it "row.NAME" of a column that a table does not have? */
static bool
is_missing_column(const char *name, const struct choosing *g)
{
	return strncmp(name, "row.", 4) == 0 && field_scope_columns(g->scope) &&
	       !g->scope->names->has_any && !has_column(g, name + 4);
}

/* Append the field of a name that no field of the record has. False if there is
 * none. A name that is nearly another one is not taken for a column that only
 * may be there. */
static bool
append_other(
    struct fields *fields, const struct choice *c, const struct choosing *g)
{
	struct field like = field_of(c);

	if (!is_missing_column(c->name, g) &&
	    append_prefixed(fields, g->scope->extractor, c->name, c->label))
		return true;
	if (!c->is_column && !c->is_cell &&
	    (!c->may_be_cell || field_nearest(c->name, g->scope)))
		return false;
	append(fields, &like, c->name, c->label);
	return true;
}

/* Append what was chosen. -1 with *cause set. */
static int
append_choice(struct fields *fields, const struct choice *c,
    const struct choosing *g, char **cause)
{
	const struct field_row *row = find_row(c->name);

	if (row->name && !field_row_may_be_absent(row)) {
		append_row(fields, row, c->label);
		return 0;
	}
	if (c->is_column && c->is_cell) {
		*cause = xasprintf("--fields: %s is a name of %s and a column "
		                   "of the rows: put data. or row. before it",
		    c->name, extractor_option(g->scope->extractor));
		return -1;
	}
	if (row->name) {
		append_row_or(fields, row, c);
		return 0;
	}
	if (append_other(fields, c, g))
		return 0;
	*cause = field_unknown(c->name, g->scope);
	return -1;
}

/* Check that no two fields have one label, since readers of records and tables
 * take labels for keys. -1 with *cause set. */
static int
check_label(struct choosing *g, const struct field *field, const char *label,
    char **cause)
{
	if (!strmap_get(&g->keys, field->key)) {
		strmap_set(&g->keys, field->key, g);
		return 0;
	}
	*cause = xasprintf("--fields: two fields are called %s: give one "
	                   "another name, as in other=%s",
	    label, label);
	return -1;
}

/* Append the field of one entry of --fields. -1 with *cause set. */
static int
choose(
    struct fields *fields, const char *text, struct choosing *g, char **cause)
{
	struct choice c;
	int rc = choice_open(&c, text, g, cause);

	if (rc == 0)
		rc = append_choice(fields, &c, g, cause);
	if (rc == 0)
		rc = check_label(
		    g, &fields->items[fields->len - 1], c.label, cause);
	choice_release(&c);
	return rc;
}

/* Append the fields of all entries. -1 with *cause set. */
static int
choose_all(struct fields *fields, const struct strlist *chosen,
    const struct field_scope *scope, char **cause)
{
	struct choosing g;
	int rc = 0;

	choosing_open(&g, scope);
	for (size_t i = 0; rc == 0 && i < chosen->len; i++)
		rc = choose(fields, chosen->items[i], &g, cause);
	choosing_release(&g);
	return rc;
}

int
fields_choose(struct fields *fields, const struct output_options *options,
    const struct field_scope *scope, char **cause)
{
	const struct strlist *chosen = &options->fields;

	*fields = (struct fields){0};
	if (chosen->len) {
		if (choose_all(fields, chosen, scope, cause) == 0)
			return 0;
		fields_release(fields);
		return -1;
	}
	for (const struct field_row *row = field_rows; row->name; row++)
		if (row->by_default(options))
			append_row(fields, row, row->name);
	return 0;
}

/* --- the fields of tables and of others ----------------------------------- */

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

static const struct field_row brief_input = {
    .name = "input", .add = field_add_brief_input};

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
		append_row(fields, &brief_input, "input");
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
		struct field *f = &fields->items[i];

		if (f->stand_in)
			free(f->stand_in->name);
		free(f->stand_in);
		json_path_free(f->path);
		free(f->name);
		free(f->key);
	}
	free(fields->items);
	*fields = (struct fields){0};
}
