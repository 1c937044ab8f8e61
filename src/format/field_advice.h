/* What is said about a name of --fields or -w that is no field. */
#ifndef GATHER_FORMAT_FIELD_ADVICE_H
#define GATHER_FORMAT_FIELD_ADVICE_H

#include "base/buf.h"
#include "base/strlist.h"
#include "format/fields.h"

/* What names of parts of the parent of a request begin with. */
#define FIELD_PARENT "parent."

/* The columns of --rows, as far as they are known; NULL: they are not. */
const struct strlist *field_scope_columns(const struct field_scope *);
/* The field that other tools call `name`, such as http_code for "status"; NULL:
 * none. Static. */
const char *fields_alias(const char *name);
/* The field, NAME of -j or column that was meant by a name that is none of
 * them; NULL: none is near. Borrowed. */
const char *field_nearest(const char *name, const struct field_scope *);
/* The message of --fields about a name that is no field: which one is near, or
 * which there are. Caller frees. */
char *field_unknown(const char *name, const struct field_scope *);
/* Append, for a message about a "data.NAME" that does not exist, those that do,
 * each between `before` and `after`, or the options that make them. */
void fields_add_data_names(struct buf *, const struct extractor *,
    const char *before, const char *after);

/* Append, for a message about `name`, which begins with FIELD_PARENT and is no
 * field, what was meant, between `before` and `after`. */
void fields_add_parent_advice(
    struct buf *, const char *name, const char *before, const char *after);

#endif
