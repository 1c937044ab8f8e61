/* A record of CSV or TSV (RFC 4180) taken apart. */
#ifndef GATHER_INPUT_CSV_H
#define GATHER_INPUT_CSV_H

#include <stddef.h>

#include "base/strlist.h"

/* Append the fields of a record to `fields`. -1 with *cause a static
 * message: a quote that is never closed, or text behind a closing one. */
int csv_split(const char *record, size_t len, char separator,
    struct strlist *fields, const char **cause);

#endif
