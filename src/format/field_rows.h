/* The table behind fields.h: what a record is made of, in its order. */
#ifndef GATHER_FORMAT_FIELD_ROWS_H
#define GATHER_FORMAT_FIELD_ROWS_H

#include "format/fields.h"

struct field_row {
	const char *name;
	field_adder *add;
	size_t at;
	/* Is it in a record where --fields doesn't say? */
	bool (*by_default)(const struct output_options *);
};

/* Ends with a row without a name. */
extern const struct field_row field_rows[];
/* The value of column `at`, for "data.NAME". */
field_adder field_add_column;
/* The items of a page as objects, for "data.items". */
field_adder field_add_items;
/* The row's cell `name`, for "row.NAME". */
field_adder field_add_cell;
/* The header `name` in any case, for "headers.NAME": several as one list. */
field_adder field_add_header;
/* Append the headers of a block as curl's %{header_json}: an object of
 * lower-case names, each with an array of its values, in the order of their
 * first appearance. */
void field_add_header_object(struct buf *out, const char *block);

#endif
