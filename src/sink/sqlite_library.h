/* The functions of SQLite that --sqlite calls, loaded when its file is
 * opened. */
#ifndef GATHER_SINK_SQLITE_LIBRARY_H
#define GATHER_SINK_SQLITE_LIBRARY_H

#include "base/library.h"

#ifdef HAVE_SQLITE

#include <sqlite3.h>

#define SQLITE_FUNCTIONS(X)  \
	X(bind_blob64)       \
	X(bind_double)       \
	X(bind_int)          \
	X(bind_int64)        \
	X(bind_null)         \
	X(bind_text)         \
	X(bind_text64)       \
	X(busy_timeout)      \
	X(close)             \
	X(column_text)       \
	X(errcode)           \
	X(errmsg)            \
	X(exec)              \
	X(finalize)          \
	X(last_insert_rowid) \
	X(limit)             \
	X(open_v2)           \
	X(prepare_v2)        \
	X(prepare_v3)        \
	X(reset)             \
	X(sleep)             \
	X(step)              \
	X(system_errno)

#define SQLITE_MEMBER(name) __typeof__(sqlite3_##name) *name;

/* A database, and what it is called with: sqlite3_NAME is the member NAME. */
struct sqlite {
	SQLITE_FUNCTIONS(SQLITE_MEMBER)
	sqlite3 *db; /* NULL: none is open */
};

/* Load SQLite, with no database open. -1 with *cause set (caller frees): it
 * cannot be loaded. */
int sqlite_load(struct sqlite *, char **cause);

#endif

#endif
