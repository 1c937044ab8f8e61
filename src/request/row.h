/*
 * A row: named values that came with a request, a line of --rows or the
 * "vars" of a JSON line. Either cells under a header that all rows of a file
 * share, or one JSON object.
 */
#ifndef GATHER_REQUEST_ROW_H
#define GATHER_REQUEST_ROW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/strlist.h"
#include "base/strmap.h"

/* The names of the columns, shared and counted (on one thread). There may be
 * a hundred thousand of them. */
struct row_names {
	struct strlist names;
	size_t refs;
	struct strmap index; /* -> where it stands among the names */
	unsigned asked;      /* so often without the index */
};

struct row_names *row_names_new(void);
void row_names_unref(struct row_names *);
/* Does one of them stand there twice? All must be there. */
bool row_names_repeat(struct row_names *);
/* Does the name of one of these columns say that its cells are secret
 * (base/secret.h)? NULL: there are no columns. */
bool row_names_hold_secret(const struct strlist *columns);

struct row;

/* A row of cells; `names` gets one more reference, `cells` are taken and
 * left empty: as many as there are names. */
struct row *row_new(struct row_names *names, struct strlist *cells);
/* A row from the `len` bytes of a JSON object, known to be valid; copied. */
struct row *row_new_json(const char *object, size_t len);
/* One reference more; one less. NULL is fine to free. */
struct row *row_ref(struct row *);
void row_free(struct row *);

size_t row_count(const struct row *);
/* The names of its columns. Borrowed. */
const struct strlist *row_columns(const struct row *);
/* Column `i`, from 0: its name, and its value as text (a JSON string
 * unescaped, another JSON value as it was written, NULL of null). Borrowed.
 */
const char *row_name(const struct row *, size_t i);
const char *row_value(const struct row *, size_t i, size_t *len);
/* The value of the column `name`; NULL: there is none. Borrowed. */
const char *row_get(const struct row *, const char *name, size_t *len);
/* Append the row as a JSON object; one that was JSON as it was written. */
void row_add_json(struct buf *, const struct row *);

#endif
