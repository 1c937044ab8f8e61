/*
 * The database of --sqlite: opened on the loop's thread before the run, then
 * the writer's. Tables runs, results and attempts and the view latest are
 * made where they are missing; nothing else in the file is touched.
 */
#ifndef GATHER_SINK_SQLITE_DATABASE_H
#define GATHER_SINK_SQLITE_DATABASE_H

#include <stdint.h>

#include "request/result.h"
#include "sink/sqlite_tables.h"

struct database;

/* NULL with *cause (caller frees): it is no database, not to be written, or
 * has tables of these names that are not ours; or SQLite is not installed. */
struct database *database_open(const char *file, char **cause);
/* NULL is fine. */
void database_free(struct database *);

/* The rest returns -1 where SQLite refuses: database_error says why. What is
 * not committed is undone when the database is freed. */

/* Begin a transaction; the first one makes this run's row. */
struct database_run {
	int64_t start_wall_us;
	const char *journal; /* what its runs have in common; NULL: none */
};
int database_begin(struct database *, const struct database_run *);

/* What is forgotten of earlier results with the same key. */
enum database_forget {
	FORGET_FAILURE,
	FORGET_ANY
};
int database_forget(struct database *, const char *key, enum database_forget);

struct database_result {
	const char *key; /* of which there is one; NULL: it has none */
	enum database_forget forget;
	struct body *body; /* NULL: it has none */
};
/* One row, unless there is one with its key even so. *values (sqlite_tables.h)
 * moves behind it. */
int database_add_result(
    struct database *, const struct database_result *, const char **values);
int database_add_attempt(struct database *, const char **values);

struct database_end {
	int64_t wall_us;
	uint64_t ok, failed, cancelled;
};
/* How the run ended; in a transaction. */
int database_end_run(struct database *, const struct database_end *);
int database_commit(struct database *);

/* The last error, borrowed; *os_errno is ENOSPC or another number. */
const char *database_error(struct database *, int *os_errno);

#endif
