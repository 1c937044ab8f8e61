/*
 * The fields of a record, each as a JSON value: what ndjson writes, and csv
 * in its own dress.
 */
#ifndef GATHER_OUTPUT_FIELDS_H
#define GATHER_OUTPUT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "output/extract.h"
#include "output/format.h"
#include "output/options.h"

/*
 * Append a value; false, with nothing appended, where it cannot apply. "Did
 * not happen" is null. `at` says which: the offset of a member, or the number
 * of a column, as the field's row in the table has it.
 */
typedef bool field_adder(
    const struct record *record, size_t at, struct buf *out);

struct field {
	field_adder *add;
	size_t at;
	char *key; /* "\"name\":"; owned */
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
void fields_release(struct fields *);

#endif
