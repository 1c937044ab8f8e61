/* The fields of a record, each as a JSON value: ndjson writes them as they are,
 * csv and tsv as text, -w and SQLite a few of them. Which fields there are is
 * the table in field_rows.c. */
#ifndef GATHER_FORMAT_FIELDS_H
#define GATHER_FORMAT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "format/extract.h"
#include "format/format.h"
#include "format/options.h"
#include "json/path.h"
#include "request/names.h"

struct field;

/* Appends the value of a field. Returns false, with nothing appended, where the
 * field does not apply to the record; what could have happened and did not is
 * null. */
typedef bool field_adder(
    const struct record *record, const struct field *field, struct buf *out);

/* A field that was chosen. */
struct field {
	field_adder *add;
	size_t at;  /* for `add`: offset of a member, or number of a column */
	char *name; /* owned: the name that `add` looks for */
	struct json_path *path; /* owned: into the match of --each; or NULL */
	char *key;              /* owned: ",\"LABEL\":", ready to be written */
	size_t key_len;
	/* Owned: the field of the same bare name that stands in where this one
	 * does not apply to a record; NULL: none. */
	struct field *stand_in;
};

/* What --fields may name beside the fields of every record; both may be
 * NULL. */
struct field_scope {
	const struct extractor *extractor; /* names of -j and --xpath */
	const struct names *names;         /* columns of --rows */
};

/* The fields of a record, in their order. Zeroed: none. */
struct fields {
	struct field *items;
	size_t len;
};

/*
 * Fill `fields` with those of --fields, or else with all that are in a record
 * by default.
 *
 * A bare name is a field of the record. If the record may lack that field, or
 * if there is none of this name, it is a NAME of -j or a column of the row.
 * "NEW=NAME" has the label NEW.
 *
 * -1 with *cause set (caller frees): a name does not exist (the nearest one is
 * given, or all are), -j and the row both have it, or two labels are equal.
 */
int fields_choose(struct fields *, const struct output_options *,
    const struct field_scope *, char **cause);
/* Append the value of a field, or of its stand-in, as a field_adder does. */
bool field_add_value(const struct record *, const struct field *, struct buf *);
/* Fill `fields` with the columns of csv and tsv without --fields: those of
 * `row` (NULL: the input instead), the NAMEs of -j, http_code, and the class of
 * the error as "error". A NAME that another column has is "data.NAME". */
void fields_choose_cells(
    struct fields *, const struct row *row, const struct extractor *);
/* Append the field `name`, which may also be "data.NAME", "row.NAME",
 * "headers.NAME" or "parent.match.NAME". False if there is no such field. */
bool fields_add(struct fields *, const char *name, const struct extractor *);
/* Fill `fields` with those of these `count` names, all of which exist. */
void fields_choose_these(
    struct fields *, const char *const *names, size_t count);
void fields_release(struct fields *);

#endif
