/*
 * --rows: tables whose columns fill templates. CSV and TSV begin with a
 * header line and follow RFC 4180 (quotes, quotes doubled in them, line ends
 * in them); NDJSON is an object a line.
 */
#ifndef GATHER_INPUT_ROWS_H
#define GATHER_INPUT_ROWS_H

#include "input/reader.h"
#include "input/source.h"
#include "request/row.h"

struct rows;

/*
 * Takes the reader, in any case, and reads the header (which may have to be
 * waited for). An empty file has no rows. NULL with *cause set (caller
 * frees).
 */
struct rows *rows_open(struct reader *, enum rows_format, char **cause);
void rows_free(struct rows *);
/* The columns; NULL with NDJSON, where each row has its own. Borrowed. */
const struct strlist *rows_columns(const struct rows *);
/* The next line that holds a row; its text is the row as it was written. */
enum reader_status rows_next(struct rows *, struct line *out);
/* What is in it. NULL with *cause set (caller frees): it is no row. */
struct row *rows_parse(struct rows *, const struct line *, char **cause);

#endif
