/*
 * A row: named values that come with a request, from a line of --rows or the
 * "vars" of a JSON line. It is either cells under a header that all rows of a
 * file share, or one JSON object.
 */
#ifndef GATHER_REQUEST_ROW_H
#define GATHER_REQUEST_ROW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/strlist.h"
#include "base/strmap.h"

/* The names of the columns, shared by rows and counted, on one thread. There
 * may be a hundred thousand of them, so they are looked up through an index;
 * but for a few look-ups making one does not pay. */
struct row_names {
	struct strlist names;
	size_t refs;
	struct strmap index; /* name -> its place in names.items; or empty */
	unsigned asked;      /* look-ups so far without the index */
};

/* An empty list with one reference; the caller fills `names`, once. */
struct row_names *row_names_new(void);
/* One reference less; the last one frees them. NULL is fine. */
void row_names_unref(struct row_names *);
/* Are two columns called the same? To be called when all names are there. */
bool row_names_repeat(struct row_names *);
/* Does the name of one of these columns say that its cells are secret
 * (redact/secret.h)? NULL: there are no columns. */
bool row_names_hold_secret(const struct strlist *columns);

struct row;

/* A row of as many cells as there are names. `names` gets one more reference;
 * `cells` are moved out. */
struct row *row_new(struct row_names *names, struct strlist *cells);
/* A row from the `len` bytes of a JSON object, which is copied. Without any
 * columns if it is not a valid one. */
struct row *row_new_json(const char *object, size_t len);
/* One more reference; returns its argument. */
struct row *row_ref(struct row *);
/* One reference less; the last one frees the row. NULL is fine. */
void row_free(struct row *);

/* The number of columns. */
size_t row_count(const struct row *);
/* The names of its columns. Borrowed. */
const struct strlist *row_columns(const struct row *);
/* The name of column `i`, from 0. Borrowed. */
const char *row_name(const struct row *, size_t i);
/* The value of column `i`, from 0, of *len bytes: the cell, or the JSON value
 * as text (json_add_text). Borrowed; NULL: a JSON null. */
const char *row_value(const struct row *, size_t i, size_t *len);
/* The value of the last column that is called `name`; NULL: there is no such
 * column, or it is null. Borrowed. */
const char *row_get(const struct row *, const char *name, size_t *len);
/* Append the row as a JSON object, without blanks between its tokens. */
void row_add_json(struct buf *, const struct row *);

#endif
