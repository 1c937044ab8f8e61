/*
 * The fields of a record, each as a JSON value: ndjson writes them as they are,
 * csv and tsv as text.
 */
#ifndef GATHER_FORMAT_FIELDS_H
#define GATHER_FORMAT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "format/extract.h"
#include "format/format.h"
#include "format/options.h"

struct field;

/*
 * Append a value; false, with nothing appended, where it cannot apply. "Did
 * not happen" is null.
 */
typedef bool field_adder(
    const struct record *record, const struct field *field, struct buf *out);

struct field {
	field_adder *add;
	size_t at;  /* the adder's: offset of a member, number of a column */
	char *name; /* owned, as are the others */
	char *key;  /* "\"name\":" */
	size_t key_len;
};

struct fields {
	struct field *items;
	size_t len;
};

/* What --fields says, or else all that apply, in their order. -1 with *cause:
 * an unknown name. `extractor` may be NULL. */
int fields_choose(struct fields *, const struct output_options *,
    const struct extractor *, char **cause);
/*
 * What csv and tsv have where --fields doesn't say: the columns of `row`
 * (NULL: the input instead), the NAMEs of -j, http_code, and the error's
 * class as "error". A NAME that another column has is "data.NAME".
 */
void fields_choose_cells(
    struct fields *, const struct row *row, const struct extractor *);
/* Append the field `name`, which may also be "data.NAME", "row.NAME" or
 * "headers.NAME"; false: there is no such field. */
bool fields_add(struct fields *, const char *name, const struct extractor *);
/* Append, for a message about "data.NAME" that is none, those that there are,
 * each between `before` and `after`, or the options that make them. */
void fields_add_data_names(struct buf *, const struct extractor *,
    const char *before, const char *after);
/* Fill `fields` with those of these `count` names, in their order. */
void fields_choose_these(
    struct fields *, const char *const *names, size_t count);
void fields_release(struct fields *);

#endif
