/*
 * --rows: tables whose columns fill templates. CSV and TSV begin with a header
 * line and follow RFC 4180 (input/csv.h); NDJSON has one object on each line,
 * and each row may have columns of its own.
 */
#ifndef GATHER_INPUT_ROWS_H
#define GATHER_INPUT_ROWS_H

#include "input/reader.h"
#include "input/source.h"
#include "request/row.h"

struct rows;

/*
 * Read the header, for which a pipe is waited. An empty file has no rows. NULL
 * with *cause set (caller frees), which names the file and the line. The reader
 * is owned from here on, and freed on failure, too.
 */
struct rows *rows_open(struct reader *, enum rows_format, char **cause);
/* NULL is fine. */
void rows_free(struct rows *);
/* The names of the columns; NULL with NDJSON. Borrowed. */
const struct strlist *rows_columns(const struct rows *);
/* The next line or record that holds a row, as it is written. Otherwise as
 * reader_next. */
enum reader_status rows_next(struct rows *, struct line *out);
/* The row on a line from rows_next; the caller frees it (row_free). NULL with
 * *cause set (caller frees): the line is not a row. */
struct row *rows_parse(struct rows *, const struct line *, char **cause);

#endif
