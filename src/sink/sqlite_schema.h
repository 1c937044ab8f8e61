/*
 * The tables of --sqlite: runs, results and attempts, their indexes, and the
 * view latest. Nothing else in the file is touched.
 */
#ifndef GATHER_SINK_SQLITE_SCHEMA_H
#define GATHER_SINK_SQLITE_SCHEMA_H

#include "sink/sqlite_library.h"

#ifdef HAVE_SQLITE

/* In a transaction: make what is missing, and give what an older version has
 * made the columns that came later. -1: SQLite refuses, as what has these
 * names is not ours. */
int sqlite_schema_make(const struct sqlite *);

#endif

#endif
