/*
 * CSV and TSV (RFC 4180) a byte at a time: one machine tells where a record
 * ends (input/reader.h) and takes it apart. A quote opens a field only at its
 * start; in a quoted field separators and line ends are text, and a doubled
 * quote is one.
 */
#ifndef GATHER_INPUT_CSV_H
#define GATHER_INPUT_CSV_H

#include <stddef.h>

#include "base/strlist.h"

enum csv_state {
	CSV_FIELD_START,
	CSV_PLAIN,
	CSV_QUOTED,
	CSV_QUOTE /* behind a quote in a quoted field: its end, or doubled */
};

/* The state behind `c`. A line end is not told apart here: where the state
 * is not CSV_QUOTED it ends the record. Inline, since a list may have
 * gigabytes. */
static inline enum csv_state
csv_step(enum csv_state state, char c, char separator)
{
	if (state == CSV_QUOTED)
		return c == '"' ? CSV_QUOTE : CSV_QUOTED;
	if (c == separator)
		return CSV_FIELD_START;
	if (c == '"' && (state == CSV_FIELD_START || state == CSV_QUOTE))
		return CSV_QUOTED;
	return CSV_PLAIN;
}

/* Append the fields of the record of `len` bytes, which has no line end, to
 * `fields`. -1 with *cause a static message: a quote that is never closed, or
 * text after a closing one; `fields` then holds those before it. */
int csv_split(const char *record, size_t len, char separator,
    struct strlist *fields, const char **cause);

#endif
