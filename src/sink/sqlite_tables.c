/* The columns of the tables, how a row is filled, and the SQL that makes the
 * tables or brings those of an older version up to date. */
#include "config.h"

#include "sink/sqlite_tables.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "json/write.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* A column that holds a field of a record (format/field_rows.c). */
struct result_row {
	const char *name;
	const char *type;
	const char *field;
};

enum {
	KEYS = 3 /* n, k, page: the first of both tables */
};

/* A column of results that holds a field of a record (format/field_rows.c). */
static const struct result_row results[] = {
    {"n", "INTEGER NOT NULL", "n"},
    {"k", "INTEGER NOT NULL", "k"},
    {"page", "INTEGER NOT NULL", "page"},
    {"item", "INTEGER NOT NULL", "item"},
    {"input", "TEXT", "input"},
    {"id", "TEXT", "id"},
    {"url", "TEXT", "url"},
    {"url_effective", "TEXT", "url_effective"},
    {"method", "TEXT", "method"},
    {"ok", "INTEGER", "ok"},
    {"http_code", "INTEGER", "http_code"},
    {"error_class", "TEXT", "error.class"},
    {"error_reason", "TEXT", "error.reason"},
    {"error_code", "INTEGER", "error.code"},
    {"error_message", "TEXT", "error.message"},
    {"attempts", "INTEGER", "attempts"},
    {"http_version", "TEXT", "http_version"},
    {"remote_ip", "TEXT", "remote_ip"},
    {"content_type", "TEXT", "content_type"},
    {"size_download", "INTEGER", "size_download"},
    {"num_redirects", "INTEGER", "num_redirects"},
    {"time_start", "REAL", "time_start"},
    {"time_queue", "REAL", "time_queue"},
    {"time_namelookup", "REAL", "time_namelookup"},
    {"time_connect", "REAL", "time_connect"},
    {"time_appconnect", "REAL", "time_appconnect"},
    {"time_pretransfer", "REAL", "time_pretransfer"},
    {"time_starttransfer", "REAL", "time_starttransfer"},
    {"time_total", "REAL", "time_total"},
    {"data", "TEXT", "data"},
    {"file", "TEXT", "file"},
    {"headers", "TEXT", "headers"},
    {"row", "TEXT", "row"},
    {"parent", "TEXT", "parent"},
};

static_assert(COUNT(results) == SQLITE_RESULT_COLUMNS, "count of columns");

struct sqlite_column
sqlite_result_column(size_t i)
{
	return (struct sqlite_column){results[i].name, results[i].type};
}

/* --- values of an exchange, by their offset --------------------------------
 */

/* Appends a value as JSON; nothing for NULL. */
typedef void value_adder(const void *value, struct buf *out);

/* Append a string; NULL is nothing, which becomes NULL. */
static void
add_text_value(const void *value, struct buf *out)
{
	const char *s = *(char *const *)value;

	if (s)
		json_add_string(out, s, strlen(s));
}

static void
add_bool_value(const void *value, struct buf *out)
{
	buf_addc(out, *(const bool *)value ? '1' : '0');
}

static void
add_unsigned_value(const void *value, struct buf *out)
{
	buf_addu(out, *(const unsigned *)value);
}

static void
add_int_value(const void *value, struct buf *out)
{
	buf_addu(out, (uint64_t) * (const int *)value);
}

/* Append a number of which 0 means that it is not known. */
static void
add_known_value(const void *value, struct buf *out)
{
	if (*(const int *)value)
		add_int_value(value, out);
}

/* Append a version of HTTP as a string, such as "1.1" or "2". */
static void
add_version(const void *value, struct buf *out)
{
	int version = *(const int *)value;

	if (version >= 20)
		buf_addf(out, "\"%d\"", version / 10);
	else if (version)
		buf_addf(out, "\"%d.%d\"", version / 10, version % 10);
}

/* Append the class of an error by its name; no error is NULL. */
static void
add_class(const void *value, struct buf *out)
{
	int class = *(const int *)value;

	if (class)
		buf_addf(
		    out, "\"%s\"", error_class_name((enum error_class) class));
}

static void
add_size_value(const void *value, struct buf *out)
{
	buf_addu(out, *(const uint64_t *)value);
}

/* Append a time in seconds; one that was not reached is NULL. */
static void
add_seconds_value(const void *value, struct buf *out)
{
	int64_t us = *(const int64_t *)value;

	if (us >= 0)
		json_add_seconds(out, us);
}

/* Append the time from when the exchange could have started until it did. */
static void
add_queue(const void *exchange, struct buf *out)
{
	const struct exchange *x = exchange;

	json_add_seconds(out, x->start_us - x->queued_us);
}

struct attempt_row {
	const char *name;
	const char *type;
	value_adder *add;
	size_t at;
};

#define AT(member) offsetof(struct exchange, member)

/* A column of attempts: what appends it, from which member. */
static const struct attempt_row attempts[] = {
    {"n", "INTEGER NOT NULL", NULL, 0},
    {"k", "INTEGER NOT NULL", NULL, 0},
    {"page", "INTEGER NOT NULL", NULL, 0},
    {"attempt", "INTEGER NOT NULL", add_unsigned_value, AT(attempt)},
    {"hop", "INTEGER NOT NULL", add_unsigned_value, AT(hop)},
    {"hedge", "INTEGER", add_bool_value, AT(hedge)},
    {"cancelled", "INTEGER", add_bool_value, AT(cancelled)},
    {"final", "INTEGER", add_bool_value, AT(final)},
    {"method", "TEXT", add_text_value, AT(method)},
    {"url", "TEXT", add_text_value, AT(url)},
    {"http_code", "INTEGER", add_known_value, AT(status)},
    {"http_version", "TEXT", add_version, AT(http_version)},
    {"error_class", "TEXT", add_class, AT(error_class)},
    {"error_message", "TEXT", add_text_value, AT(error_message)},
    {"remote_ip", "TEXT", add_text_value, AT(remote_ip)},
    {"remote_port", "INTEGER", add_known_value, AT(remote_port)},
    {"local_port", "INTEGER", add_known_value, AT(local_port)},
    {"num_connects", "INTEGER", add_int_value, AT(num_connects)},
    {"content_type", "TEXT", add_text_value, AT(content_type)},
    {"redirect_url", "TEXT", add_text_value, AT(redirect_url)},
    {"size_download", "INTEGER", add_size_value, AT(size_download)},
    {"size_upload", "INTEGER", add_size_value, AT(size_upload)},
    {"time_start", "REAL", add_seconds_value, AT(start_wall_us)},
    {"time_queue", "REAL", add_queue, 0},
    {"time_place", "REAL", add_seconds_value, AT(waits.place_us)},
    {"time_host", "REAL", add_seconds_value, AT(waits.host_us)},
    {"time_rate", "REAL", add_seconds_value, AT(waits.rate_us)},
    {"time_hold", "REAL", add_seconds_value, AT(waits.hold_us)},
    {"time_backoff", "REAL", add_seconds_value, AT(waits.backoff_us)},
    {"time_namelookup", "REAL", add_seconds_value, AT(namelookup_us)},
    {"time_connect", "REAL", add_seconds_value, AT(connect_us)},
    {"time_appconnect", "REAL", add_seconds_value, AT(appconnect_us)},
    {"time_pretransfer", "REAL", add_seconds_value, AT(pretransfer_us)},
    {"time_starttransfer", "REAL", add_seconds_value, AT(starttransfer_us)},
    {"time_total", "REAL", add_seconds_value, AT(total_us)},
};

static_assert(COUNT(attempts) == SQLITE_ATTEMPT_COLUMNS, "count of columns");

struct sqlite_column
sqlite_attempt_column(size_t i)
{
	return (struct sqlite_column){attempts[i].name, attempts[i].type};
}

/* --- rows ----------------------------------------------------------------- */

/* All fields of the table exist, which the assert holds true. */
void
sqlite_rows_init(struct sqlite_rows *rows, const struct output_options *options)
{
	const char *names[COUNT(results)];

	for (size_t i = 0; i < COUNT(results); i++)
		names[i] = results[i].field;
	fields_choose_these(&rows->fields, names, COUNT(results));
	assert(rows->fields.len == COUNT(results));
	rows->with_headers = options->with_headers;
}

void
sqlite_rows_release(struct sqlite_rows *rows)
{
	fields_release(&rows->fields);
}

/* Is the field to be filled? Headers may be kept for another output only. */
static bool
is_wanted(const struct sqlite_rows *rows, const struct field *f)
{
	return rows->with_headers || strcmp(f->name, "headers") != 0;
}

/* Append one field of a record. The first columns of attempts are fields,
 * too. */
static void
add_field(const struct sqlite_rows *rows, size_t i, const struct record *record,
    struct buf *out)
{
	const struct field *f = &rows->fields.items[i];

	if (is_wanted(rows, f))
		f->add(record, f, out);
	buf_addc(out, '\0');
}

void
sqlite_rows_add_result(const struct sqlite_rows *rows,
    const struct record *record, struct buf *out)
{
	for (size_t i = 0; i < COUNT(results); i++)
		add_field(rows, i, record, out);
}

void
sqlite_rows_add_attempt(const struct sqlite_rows *rows,
    const struct record *record, const struct exchange *x, struct buf *out)
{
	for (size_t i = 0; i < KEYS; i++)
		add_field(rows, i, record, out);
	for (size_t i = KEYS; i < COUNT(attempts); i++) {
		attempts[i].add((const char *)x + attempts[i].at, out);
		buf_addc(out, '\0');
	}
}

/* --- the tables ----------------------------------------------------------- */

#ifdef HAVE_SQLITE

static const char make_runs[] =
    "CREATE TABLE IF NOT EXISTS runs(run INTEGER PRIMARY KEY,"
    " time_start REAL, time_end REAL,"
    " ok INTEGER, failed INTEGER, cancelled INTEGER, version TEXT)";
/* Attempts have no key: requests that --each only follows have no number of
 * their own. */
/* What an earlier version made and called results_by_key goes with its table.
 */
static const char make_indexes[] =
    "CREATE INDEX IF NOT EXISTS attempts_by_result"
    " ON attempts(run, n, k, page);"
    "CREATE INDEX IF NOT EXISTS results_by_input ON results(input, run);"
    "CREATE UNIQUE INDEX IF NOT EXISTS results_by_key ON results(key, item)"
    " WHERE key IS NOT NULL";
/* For each input the results of the newest run. Runs of one journal count as
 * one run, since together they hold a result once. An input may have many
 * results, so the newest run is looked up rather than compared with each. */
static const char make_latest[] =
    "CREATE VIEW IF NOT EXISTS latest AS SELECT * FROM results AS r "
    "WHERE NOT EXISTS (SELECT 1 FROM runs AS newest "
    "WHERE newest.run = (SELECT max(run) FROM results AS same "
    "WHERE same.input = r.input) AND newest.run > r.run "
    "AND (newest.journal IS NULL OR newest.journal IS NOT "
    "(SELECT journal FROM runs WHERE runs.run = r.run)))";
/* These find what earlier versions made. The first one gave attempts a key, and
 * its view did not know journals; the key of results had no item. */
static const char find_first_attempts[] =
    "SELECT 1 FROM pragma_index_list('attempts') WHERE origin = 'pk'";
static const char find_earlier_latest[] =
    "SELECT 1 FROM sqlite_master WHERE type = 'view' AND name = 'latest' "
    "AND sql IN ('CREATE VIEW latest AS SELECT * FROM results AS r "
    "WHERE NOT EXISTS (SELECT 1 FROM results AS newer "
    "WHERE newer.input = r.input AND newer.run > r.run)', "
    "'CREATE VIEW latest AS SELECT * FROM results AS r "
    "WHERE NOT EXISTS (SELECT 1 FROM results AS newer "
    "JOIN runs AS its ON its.run = newer.run "
    "WHERE newer.input = r.input AND newer.run > r.run "
    "AND (its.journal IS NULL OR its.journal IS NOT "
    "(SELECT journal FROM runs WHERE runs.run = r.run)))')";
static const char find_earlier_results[] =
    "SELECT 1 FROM pragma_table_info('results') WHERE pk > 0 "
    "GROUP BY cid IS NULL "
    "HAVING count(*) = 4 AND sum(name IN ('run', 'n', 'k', 'page')) = 4";

/* How earlier results move into results_new, which has the new key. Each query
 * finds the SQL of one step: the user's columns, all rows, and at the end the
 * user's indexes and triggers, which go with the old table. */
static const char find_columns_to_add[] =
    "SELECT 'ALTER TABLE results_new ADD COLUMN \"' || "
    "replace(name, '\"', '\"\"') || '\" ' || type || "
    "coalesce(CASE WHEN \"notnull\" THEN ' NOT NULL' ELSE '' END || "
    "' DEFAULT (' || dflt_value || ')', '') "
    "FROM pragma_table_info('results') WHERE name NOT IN "
    "(SELECT name FROM pragma_table_info('results_new')) ORDER BY cid";
static const char find_rows_to_copy[] =
    "SELECT 'INSERT INTO results_new(item, ' || names || ') SELECT 0, ' || "
    "names || ' FROM results' FROM (SELECT group_concat('\"' || "
    "replace(name, '\"', '\"\"') || '\"') AS names "
    "FROM pragma_table_info('results') WHERE name <> 'item')";
static const char find_indexes_to_keep[] =
    "SELECT sql FROM sqlite_master WHERE tbl_name = 'results' "
    "AND type IN ('index', 'trigger') AND sql IS NOT NULL "
    "AND name <> 'results_by_key'";

static int
execute(const struct sqlite *s, const char *sql)
{
	return s->exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : -1;
}

/* Execute the text, and release it. */
static int
execute_buf(const struct sqlite *s, struct buf *sql)
{
	int rc = execute(s, sql->data);

	buf_release(sql);
	return rc;
}

/* Append the beginning of a table, with its column `run`. */
static void
begin_table(struct buf *sql, const char *name)
{
	buf_adds(sql, "CREATE TABLE IF NOT EXISTS ");
	buf_adds(sql, name);
	buf_adds(sql, "(run INTEGER NOT NULL REFERENCES runs(run)");
}

/* Append the declaration of a column. */
static void
add_column(struct buf *sql, struct sqlite_column c)
{
	buf_addf(sql, ", \"%s\" %s", c.name, c.type);
}

/* Append the SQL of results as the first version had it, but for the item; what
 * came later is added in one way for old and new tables (add_later_columns). */
static void
add_results_sql(struct buf *sql, const char *name)
{
	begin_table(sql, name);
	for (size_t i = 0; i < SQLITE_FIRST_RESULT_COLUMNS; i++)
		add_column(sql, sqlite_result_column(i));
	buf_adds(sql, ", body BLOB, PRIMARY KEY(run, n, k, page, item))");
}

static void
results_sql(struct buf *sql)
{
	add_results_sql(sql, "results");
}

static void
results_new_sql(struct buf *sql)
{
	add_results_sql(sql, "results_new");
}

/* Append the SQL of attempts. */
static void
attempts_sql(struct buf *sql)
{
	begin_table(sql, "attempts");
	for (size_t i = 0; i < SQLITE_ATTEMPT_COLUMNS; i++)
		add_column(sql, sqlite_attempt_column(i));
	buf_addc(sql, ')');
}

/* Execute the SQL that `make` appends. */
static int
make_table(const struct sqlite *s, void (*make)(struct buf *))
{
	struct buf sql = {0};

	make(&sql);
	return execute_buf(s, &sql);
}

/* Does a query find a row? 1 or 0; -1 where SQLite reports an error. */
static int
query_finds_row(const struct sqlite *s, const char *sql)
{
	sqlite3_stmt *query = NULL;
	int rc = s->prepare_v2(s->db, sql, -1, &query, NULL);

	if (rc == SQLITE_OK)
		rc = s->step(query);
	s->finalize(query);
	return rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : -1;
}

/* Append to `texts` what a query finds, each with a NUL behind it. */
static int
find_texts(const struct sqlite *s, const char *sql, struct buf *texts)
{
	sqlite3_stmt *query = NULL;
	int rc = s->prepare_v2(s->db, sql, -1, &query, NULL);

	if (rc == SQLITE_OK)
		while ((rc = s->step(query)) == SQLITE_ROW) {
			buf_adds(texts, (const char *)s->column_text(query, 0));
			buf_addc(texts, '\0');
		}
	s->finalize(query);
	return rc == SQLITE_DONE ? 0 : -1;
}

/* Execute each of the texts that find_texts found, and release them. */
static int
execute_texts(const struct sqlite *s, struct buf *texts)
{
	int rc = 0;

	for (size_t at = 0; at < texts->len && rc == 0;
	     at += strlen(texts->data + at) + 1)
		rc = execute(s, texts->data + at);
	buf_release(texts);
	return rc;
}

/* Execute the SQL that a query finds. */
static int
execute_found(const struct sqlite *s, const char *query)
{
	struct buf texts = {0};
	int rc = find_texts(s, query, &texts);

	return execute_texts(s, &texts) || rc ? -1 : 0;
}

/* Does a table have a column? 1, 0 or -1. */
static int
has_column(const struct sqlite *s, const char *table, const char *name)
{
	struct buf sql = {0};
	int found;

	buf_addf(&sql,
	    "SELECT 1 FROM pragma_table_info('%s') WHERE name = '%s'", table,
	    name);
	found = query_finds_row(s, sql.data);
	buf_release(&sql);
	return found;
}

/* Add a column to a table unless it is there. */
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

/* Add the columns that came after the first version: one way for new tables and
 * for those that an older version has made. */
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

/* Drop the view of an earlier version, so that its successor can be made. */
static int
drop_earlier_latest(const struct sqlite *s)
{
	int found = query_finds_row(s, find_earlier_latest);

	return found > 0 ? execute(s, "DROP VIEW latest") : found;
}

/* Move the rows of results as an earlier version made it to a table with the
 * new key. The new table takes the name at the end: so the user's views and
 * triggers mean it, as legacy_alter_table leaves their text alone. */
static int
move_results(const struct sqlite *s)
{
	struct buf indexes = {0};
	int rc = find_texts(s, find_indexes_to_keep, &indexes) ||
	         execute(s, "PRAGMA legacy_alter_table = ON") ||
	         make_table(s, results_new_sql) ||
	         execute_found(s, find_columns_to_add) ||
	         execute_found(s, find_rows_to_copy) ||
	         execute(s, "DROP TABLE results;"
	                    "ALTER TABLE results_new RENAME TO results;"
	                    "PRAGMA legacy_alter_table = OFF");

	return execute_texts(s, &indexes) || rc ? -1 : 0;
}

/* Make results, or give those of an earlier version their new key. */
static int
make_results(const struct sqlite *s)
{
	int found = query_finds_row(s, find_earlier_results);

	if (found)
		return found > 0 ? move_results(s) : -1;
	return make_table(s, results_sql);
}

/* Make attempts; of one from the first version the rows are moved to a table
 * without its key. */
static int
make_attempts(const struct sqlite *s)
{
	int found = query_finds_row(s, find_first_attempts);

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
sqlite_tables_make(const struct sqlite *s)
{
	return execute(s, make_runs) || make_results(s) || make_attempts(s) ||
	               add_later_columns(s) || drop_earlier_latest(s) ||
	               execute(s, make_indexes) || execute(s, make_latest)
	           ? -1
	           : 0;
}

#endif
