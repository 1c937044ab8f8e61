/*
 * The tables of --sqlite (runs, results and attempts, their indexes, and the
 * view latest), and their rows as text: each value as JSON with a NUL behind
 * it, nothing for NULL.
 *
 * The rows are made on the loop and pure; sink_sqlite.c binds them on the
 * thread of the writer.
 */
#ifndef GATHER_SINK_SQLITE_TABLES_H
#define GATHER_SINK_SQLITE_TABLES_H

#include "format/fields.h"
#include "format/format.h"
#include "request/exchange.h"
#include "sink/sqlite_library.h"

/* A column. In front of each table's own columns stands `run`. */
struct sqlite_column {
	const char *name;
	const char *type;
};

enum {
	/* The columns of a new table; the others are added to it, as to one of
	 * an earlier version. */
	SQLITE_FIRST_RESULT_COLUMNS = 33,
	SQLITE_RESULT_COLUMNS = 34, /* without the body and the key */
	SQLITE_ATTEMPT_COLUMNS = 35
};

/* Column `i` of the table results; the body and the key come behind them. */
struct sqlite_column sqlite_result_column(size_t i);
/* Column `i` of the table attempts. */
struct sqlite_column sqlite_attempt_column(size_t i);

/* What the rows of a run are made by. */
struct sqlite_rows {
	struct fields fields; /* those of the columns of results */
	bool with_headers;    /* --with-headers: fill the column headers */
};

void sqlite_rows_init(struct sqlite_rows *, const struct output_options *);
void sqlite_rows_release(struct sqlite_rows *);
/* Append the values of a result, without its body. */
void sqlite_rows_add_result(
    const struct sqlite_rows *, const struct record *, struct buf *out);
/* Append the values of one exchange of a request. */
void sqlite_rows_add_attempt(const struct sqlite_rows *, const struct record *,
    const struct exchange *, struct buf *out);

#ifdef HAVE_SQLITE

/* In a transaction: make the tables that are missing, and bring those of an
 * earlier version up to date; the columns, indexes, triggers and views that the
 * user gave them stay. Nothing else in the file is touched. -1: SQLite reports
 * an error, since what has these names was not made by this program. */
int sqlite_tables_make(const struct sqlite *);

#endif

#endif
