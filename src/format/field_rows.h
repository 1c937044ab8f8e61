/* The table behind fields.h: what a record is made of, in its order. And the
 * adders of fields that have no row, since a part of their name is the
 * user's. */
#ifndef GATHER_FORMAT_FIELD_ROWS_H
#define GATHER_FORMAT_FIELD_ROWS_H

#include "format/fields.h"

/* A row of the table. */
struct field_row {
	const char *name;
	field_adder *add;
	size_t at;
	/* Is it in a record without --fields? */
	bool (*by_default)(const struct output_options *);
};

/* The table; it ends with a row without a name. */
extern const struct field_row field_rows[];
/* Are there records to which the field does not apply? */
bool field_row_may_be_absent(const struct field_row *);
/* The input as a cell of a table shows it: of an entry of a HAR only its URL,
 * where records hold all of it, since --retry-from sends that again. */
field_adder field_add_brief_input;
/* "data.NAME": the value of column `at`. */
field_adder field_add_column;
/* "row.NAME": the cell `name` of the row. */
field_adder field_add_cell;
/* "headers.NAME": the header `name`, in any case; several as one list. */
field_adder field_add_header;
/* "parent.url": the URL of the answer whose match made the request. */
field_adder field_add_parent_url;
/* "parent.match.PATH": what field->path finds in that match, as -j would have
 * it: the value, or an array where there may be several. */
field_adder field_add_parent_match;
/* Append the headers of a block as curl's %{header_json} does: an object of
 * lower-case names, each with an array of its values, in the order of their
 * first appearance. */
void field_add_header_object(struct buf *out, const char *block);

#endif
