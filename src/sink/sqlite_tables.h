/*
 * The tables of --sqlite (runs, results and attempts, their indexes, and the
 * view latest), and their rows as text: each value as JSON with a NUL behind
 * it, nothing for NULL. The rows are pure; sink_sqlite.c writes them.
 */
#ifndef GATHER_SINK_SQLITE_TABLES_H
#define GATHER_SINK_SQLITE_TABLES_H

#include "format/fields.h"
#include "format/format.h"
#include "request/exchange.h"
#include "sink/sqlite_library.h"

/* In front of each table's own columns stands `run`. */
struct sqlite_column {
	const char *name;
	const char *type;
};

enum {
	/* The columns behind these came later: a database may have been made
	 * without them. */
	SQLITE_FIRST_RESULT_COLUMNS = 32,
	SQLITE_RESULT_COLUMNS = 33, /* and the body, and the key */
	SQLITE_ATTEMPT_COLUMNS = 35
};

struct sqlite_column sqlite_result_column(size_t i);
struct sqlite_column sqlite_attempt_column(size_t i);

struct sqlite_rows {
	struct fields fields;
	bool with_headers;
};

void sqlite_rows_init(struct sqlite_rows *, const struct output_options *);
void sqlite_rows_release(struct sqlite_rows *);
/* Append the values of a result, but for its body. */
void sqlite_rows_add_result(
    const struct sqlite_rows *, const struct record *, struct buf *out);
/* Append those of one of its exchanges. */
void sqlite_rows_add_attempt(const struct sqlite_rows *, const struct record *,
    const struct exchange *, struct buf *out);

#ifdef HAVE_SQLITE

/*
 * In a transaction: make the tables that are missing, and add the columns that
 * came later to those that an older version made. Nothing else in the file is
 * touched. -1: SQLite refuses, as what has these names is not ours.
 */
int sqlite_tables_make(const struct sqlite *);

#endif

#endif
