#include "config.h"

#include "sink/sqlite_schema.h"

#ifdef HAVE_SQLITE

#include "base/buf.h"
#include "sink/sqlite_rows.h"

static const char make_runs[] =
    "CREATE TABLE IF NOT EXISTS runs(run INTEGER PRIMARY KEY,"
    " time_start REAL, time_end REAL,"
    " ok INTEGER, failed INTEGER, cancelled INTEGER, version TEXT)";
/* Those that --each only follows have no number of their own: attempts have no
 * key. */
static const char make_indexes[] =
    "CREATE INDEX IF NOT EXISTS attempts_by_result"
    " ON attempts(run, n, k, page);"
    "CREATE INDEX IF NOT EXISTS results_by_input ON results(input, run);"
    "CREATE UNIQUE INDEX IF NOT EXISTS results_by_key ON results(key)"
    " WHERE key IS NOT NULL";
/* The newest run's results of each input; runs of one journal, which hold a
 * result once between them, are one. */
static const char make_latest[] =
    "CREATE VIEW IF NOT EXISTS latest AS SELECT * FROM results AS r "
    "WHERE NOT EXISTS (SELECT 1 FROM results AS newer "
    "JOIN runs AS its ON its.run = newer.run "
    "WHERE newer.input = r.input AND newer.run > r.run "
    "AND (its.journal IS NULL OR its.journal IS NOT "
    "(SELECT journal FROM runs WHERE runs.run = r.run)))";
/* Of the first version, which gave attempts a key and knew no journal. */
static const char find_first_attempts[] =
    "SELECT 1 FROM pragma_index_list('attempts') WHERE origin = 'pk'";
static const char find_first_latest[] =
    "SELECT 1 FROM sqlite_master WHERE type = 'view' AND name = 'latest' "
    "AND sql = 'CREATE VIEW latest AS SELECT * FROM results AS r "
    "WHERE NOT EXISTS (SELECT 1 FROM results AS newer "
    "WHERE newer.input = r.input AND newer.run > r.run)'";

static int
execute(const struct sqlite *s, const char *sql)
{
	return s->exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : -1;
}

/* Takes the text. */
static int
execute_buf(const struct sqlite *s, struct buf *sql)
{
	int rc = execute(s, sql->data);

	buf_release(sql);
	return rc;
}

static void
add_table(struct buf *sql, const char *name)
{
	buf_adds(sql, "CREATE TABLE IF NOT EXISTS ");
	buf_adds(sql, name);
	buf_adds(sql, "(run INTEGER NOT NULL REFERENCES runs(run)");
}

static void
add_column(struct buf *sql, struct sqlite_column c)
{
	buf_addf(sql, ", \"%s\" %s", c.name, c.type);
}

static void
results_sql(struct buf *sql)
{
	add_table(sql, "results");
	for (size_t i = 0; i < SQLITE_FIRST_RESULT_COLUMNS; i++)
		add_column(sql, sqlite_result_column(i));
	buf_adds(sql, ", body BLOB, PRIMARY KEY(run, n, k, page))");
}

static void
attempts_sql(struct buf *sql)
{
	add_table(sql, "attempts");
	for (size_t i = 0; i < SQLITE_ATTEMPT_COLUMNS; i++)
		add_column(sql, sqlite_attempt_column(i));
	buf_addc(sql, ')');
}

static int
make_table(const struct sqlite *s, void (*make)(struct buf *))
{
	struct buf sql = {0};

	make(&sql);
	return execute_buf(s, &sql);
}

/* Does it find a row? -1: neither yes nor no. */
static int
finds(const struct sqlite *s, const char *sql)
{
	sqlite3_stmt *query = NULL;
	int rc = s->prepare_v2(s->db, sql, -1, &query, NULL);

	if (rc == SQLITE_OK)
		rc = s->step(query);
	s->finalize(query);
	return rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : -1;
}

static int
has_column(const struct sqlite *s, const char *table, const char *name)
{
	struct buf sql = {0};
	int found;

	buf_addf(&sql,
	    "SELECT 1 FROM pragma_table_info('%s') WHERE name = '%s'", table,
	    name);
	found = finds(s, sql.data);
	buf_release(&sql);
	return found;
}

static int
add_later_column(
    const struct sqlite *s, const char *table, struct sqlite_column c)
{
	int found = has_column(s, table, c.name);
	struct buf sql = {0};

	if (found)
		return found > 0 ? 0 : -1;
	buf_addf(
	    &sql, "ALTER TABLE %s ADD COLUMN %s %s", table, c.name, c.type);
	return execute_buf(s, &sql);
}

/* One way for new tables and for those that an older version has made. */
static int
add_later_columns(const struct sqlite *s)
{
	static const struct sqlite_column key = {"key", "TEXT"};
	static const struct sqlite_column journal = {"journal", "TEXT"};
	size_t i = SQLITE_FIRST_RESULT_COLUMNS;

	for (; i < SQLITE_RESULT_COLUMNS; i++)
		if (add_later_column(s, "results", sqlite_result_column(i)))
			return -1;
	return add_later_column(s, "results", key) ||
	               add_later_column(s, "runs", journal)
	           ? -1
	           : 0;
}

static int
drop_first_latest(const struct sqlite *s)
{
	int found = finds(s, find_first_latest);

	return found > 0 ? execute(s, "DROP VIEW latest") : found;
}

static int
make_attempts(const struct sqlite *s)
{
	int found = finds(s, find_first_attempts);

	if (found <= 0)
		return found < 0 ? -1 : make_table(s, attempts_sql);
	return execute(s, "ALTER TABLE attempts RENAME TO attempts_before") ||
	               make_table(s, attempts_sql) ||
	               execute(s,
	                   "INSERT INTO attempts SELECT * FROM attempts_before;"
	                   "DROP TABLE attempts_before")
	           ? -1
	           : 0;
}

int
sqlite_schema_make(const struct sqlite *s)
{
	return execute(s, make_runs) || make_table(s, results_sql) ||
	               make_attempts(s) || add_later_columns(s) ||
	               drop_first_latest(s) || execute(s, make_indexes) ||
	               execute(s, make_latest)
	           ? -1
	           : 0;
}

#endif
