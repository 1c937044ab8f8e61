/*
 * --sqlite: results are gathered on the loop, and written in one transaction
 * for many of them on the thread of the writer. From top to bottom: the
 * database with its statements, rows, the batches on the thread, and the loop's
 * side.
 *
 * The database is opened before the run, on the loop's thread, so that a wrong
 * file is a usage error; from then on it is the writer's. Tables and the view
 * latest are made where they are missing; nothing else in the file is touched.
 */
#include "config.h"

#include "sink/sink.h"

#include "base/xalloc.h"

#ifdef HAVE_SQLITE

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "format/page_records.h"
#include "json/write.h"
#include "request/result.h"
#include "sink/sqlite_library.h"
#include "sink/sqlite_tables.h"
#include "text/utf8.h"

enum {
	BUSY_MS = 10000, /* for another process that writes */
	BUSY_STEP_MS = 10,
	/* Parameters of an insertion: 1 is the run, then come the columns; of
	 * a result the body and the key follow. */
	FIRST_COLUMN = 2,
	ITEM = FIRST_COLUMN + 3, /* of n, k, page, item */
	BODY = FIRST_COLUMN + SQLITE_RESULT_COLUMNS,
	KEY
};

/* The prepared statements. */
enum statement {
	BEGIN,
	COMMIT,
	ADD_RUN,
	END_RUN,
	FORGET_RESULT,
	ADD_RESULT,
	ADD_ATTEMPT,
	STATEMENTS
};

/* An open database. A transaction that is not committed is undone when it is
 * freed. The functions below return -1 where SQLite reports an error, which
 * last_error then describes. */
struct database {
	struct sqlite sqlite;
	sqlite3_stmt *statements[STATEMENTS];
	int64_t run;     /* number of this run; 0: it has no row yet */
	struct buf text; /* scratch: SQL, or a string without its escapes */
};

/* This run's row, which its first transaction makes. */
struct new_run {
	int64_t start_wall_us;
	const char *journal; /* names the journal that it shares; NULL: none */
};

/* Which earlier results with the same key, all those of a page, new ones
 * replace. */
enum forget {
	FORGET_NONE, /* it stands beside them, as their first one has replaced
	              * others */
	FORGET_FAILURE,
	FORGET_PAGE,  /* and a success that was put down as one page */
	FORGET_ITEMS, /* and one that was put down as items */
	FORGET_ANY
};

/* What a result has beside the values of its columns. */
struct new_result {
	const char *key; /* together with the item it is unique among results;
	                  * NULL: it has none */
	enum forget forget;
	struct body *body; /* NULL: it has none */
};

/* How the run ended. */
struct run_end {
	int64_t wall_us;
	uint64_t ok, failed, cancelled;
};

/* --- statements --------------------------------------------------------------
 */

/* Append the parameter of a column. One that is never NULL is 0 where a record
 * has nothing. */
static void
add_parameter(struct buf *sql, struct sqlite_column c)
{
	buf_adds(sql, strstr(c.type, "NOT NULL") ? ", coalesce(?, 0)" : ", ?");
}

/* Append the names of the columns of a table, `after` behind them, which ends
 * with the parameter of the run, and a parameter for each. */
static void
add_columns(struct buf *sql, struct sqlite_column (*column)(size_t i), size_t n,
    const char *after)
{
	for (size_t i = 0; i < n; i++)
		buf_addf(sql, ", \"%s\"", column(i).name);
	buf_adds(sql, after);
	for (size_t i = 0; i < n; i++)
		add_parameter(sql, column(i));
}

/* The insertion of a result. If one with its key is there even so, because it
 * was not to be replaced, it stays; so do items where a page without any, such
 * as a failure, would come. */
static void
insert_result_sql(struct buf *sql)
{
	buf_adds(sql, "INSERT INTO results(run");
	add_columns(sql, sqlite_result_column, SQLITE_RESULT_COLUMNS,
	    ", body, key) SELECT ?");
	buf_addf(sql,
	    ", ?, ? WHERE CAST(coalesce(?%d, 0) AS INTEGER) > 0 OR NOT EXISTS "
	    "(SELECT 1 FROM results WHERE key = ?%d AND item > 0) "
	    "ON CONFLICT(key, item) WHERE key IS NOT NULL DO NOTHING",
	    ITEM, KEY);
}

/* The insertion of an attempt. */
static void
insert_attempt_sql(struct buf *sql)
{
	buf_adds(sql, "INSERT INTO attempts(run");
	add_columns(
	    sql, sqlite_attempt_column, SQLITE_ATTEMPT_COLUMNS, ") VALUES(?");
	buf_adds(sql, ")");
}

static int
execute(struct database *d, const char *sql)
{
	return d->sqlite.exec(d->sqlite.db, sql, NULL, NULL, NULL) == SQLITE_OK
	           ? 0
	           : -1;
}

/* Prepare a statement that is used again and again. */
static int
prepare(struct database *d, enum statement which, const char *sql)
{
	return d->sqlite.prepare_v3(d->sqlite.db, sql, -1,
	           SQLITE_PREPARE_PERSISTENT, &d->statements[which],
	           NULL) == SQLITE_OK
	           ? 0
	           : -1;
}

/* Prepare the statement that `make` appends. */
static int
prepare_made(
    struct database *d, enum statement which, void (*make)(struct buf *))
{
	buf_clear(&d->text);
	make(&d->text);
	return prepare(d, which, d->text.data);
}

/* Prepare all statements. The tables must be there. */
static int
prepare_all(struct database *d)
{
	return prepare(d, BEGIN, "BEGIN IMMEDIATE") ||
	               prepare(d, COMMIT, "COMMIT") ||
	               prepare(d, ADD_RUN,
	                   "INSERT INTO runs(time_start, version, journal) "
	                   "VALUES(?, ?, ?)") ||
	               prepare(d, END_RUN,
	                   "UPDATE runs SET time_end = ?, ok = ?, failed = ?, "
	                   "cancelled = ? WHERE run = ?") ||
	               prepare(d, FORGET_RESULT,
	                   "DELETE FROM results WHERE key = ? "
	                   "AND (ok = 0 OR "
	                   "CASE WHEN item THEN ? ELSE ? END)") ||
	               prepare_made(d, ADD_RESULT, insert_result_sql) ||
	               prepare_made(d, ADD_ATTEMPT, insert_attempt_sql)
	           ? -1
	           : 0;
}

/* Open the file. The path gets a directory in front, so that names such as
 * ":memory:" are files, too. */
static int
open_file(struct database *d, const char *file)
{
	char *path = xasprintf("%s%s", *file == '/' ? "" : "./", file);
	int rc = d->sqlite.open_v2(path, &d->sqlite.db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX,
	    NULL);

	free(path);
	return rc == SQLITE_OK ? 0 : -1;
}

/* Turn write-ahead logging on, so that others can read while we write. While
 * another process does so, too, SQLite does not ask the busy handler; hence the
 * loop. */
static int
set_journal(struct database *d)
{
	int waited_ms = 0;

	while (execute(d, "PRAGMA journal_mode = WAL") < 0) {
		if (d->sqlite.errcode(d->sqlite.db) != SQLITE_BUSY ||
		    waited_ms >= BUSY_MS)
			return -1;
		waited_ms += d->sqlite.sleep(BUSY_STEP_MS);
	}
	return 0;
}

/* Make the tables and statements in one transaction, so that tables that turn
 * out not to be ours stay as they were. */
static int
set_up_database(struct database *d)
{
	d->sqlite.busy_timeout(d->sqlite.db, BUSY_MS);
	return set_journal(d) || execute(d, "PRAGMA synchronous = NORMAL") ||
	               execute(d, "BEGIN IMMEDIATE") ||
	               sqlite_tables_make(&d->sqlite) || prepare_all(d) ||
	               execute(d, "COMMIT")
	           ? -1
	           : 0;
}

/* The message about a database that cannot be used. SQL says of tables of the
 * same names only that a column is missing; this says whose they are. Caller
 * frees. */
static char *
explain_open_failure(struct database *d, const char *file)
{
	bool others = d->sqlite.errcode(d->sqlite.db) == SQLITE_ERROR;

	return xasprintf("--sqlite %s: %s%s", file,
	    d->sqlite.errmsg(d->sqlite.db),
	    others ? ": its tables runs, results and attempts were not made "
	             "by " PACKAGE_NAME "; name another file"
	           : "");
}

/* Close a database. NULL is fine. */
static void
database_free(struct database *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < STATEMENTS; i++)
		d->sqlite.finalize(d->statements[i]);
	d->sqlite.close(d->sqlite.db);
	buf_release(&d->text);
	free(d);
}

/* Open a database. NULL with *cause set (caller frees): the file is not a
 * database, cannot be written, or has tables of these names that are not ours;
 * or SQLite is not installed. */
static struct database *
open_database(const char *file, char **cause)
{
	struct database *d = xcalloc(1, sizeof(*d));
	char *why;

	if (sqlite_load(&d->sqlite, &why) < 0) {
		*cause = xasprintf("--sqlite %s: %s", file, why);
		free(why);
		free(d);
		return NULL;
	}
	if (open_file(d, file) == 0 && set_up_database(d) == 0)
		return d;
	*cause = explain_open_failure(d, file);
	database_free(d);
	return NULL;
}

/* --- rows
 * ---------------------------------------------------------------------- */

/* Run a statement whose parameters are bound. */
static int
run_statement(struct database *d, enum statement which)
{
	sqlite3_stmt *s = d->statements[which];
	int rc = d->sqlite.step(s);

	d->sqlite.reset(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

static double
seconds(int64_t us)
{
	return (double)us / CLOCK_SECOND;
}

/* Insert this run's row, and keep its number. */
static int
add_run(struct database *d, const struct new_run *run)
{
	sqlite3_stmt *s = d->statements[ADD_RUN];

	d->sqlite.bind_double(s, 1, seconds(run->start_wall_us));
	d->sqlite.bind_text(s, 2, PACKAGE_VERSION, -1, SQLITE_STATIC);
	d->sqlite.bind_text(s, 3, run->journal, -1, SQLITE_STATIC);
	if (run_statement(d, ADD_RUN) < 0)
		return -1;
	d->run = d->sqlite.last_insert_rowid(d->sqlite.db);
	return 0;
}

/* Begin a transaction; the first one makes the row of the run. */
static int
begin_transaction(struct database *d, const struct new_run *run)
{
	if (run_statement(d, BEGIN) < 0)
		return -1;
	return d->run || add_run(d, run) == 0 ? 0 : -1;
}

/* Bind the text of a JSON string. Without escapes it is bound where it is. */
static int
bind_string(struct database *d, sqlite3_stmt *s, int at, const char *json)
{
	size_t len = strlen(json);

	if (!memchr(json, '\\', len))
		return d->sqlite.bind_text(
		    s, at, json + 1, (int)len - 2, SQLITE_STATIC);
	buf_clear(&d->text);
	json_add_unescaped(&d->text, json, len);
	return d->sqlite.bind_text(
	    s, at, d->text.data, (int)d->text.len, SQLITE_TRANSIENT);
}

/* Bind a value that is written as JSON; nothing is NULL. Numbers are bound as
 * text: the type of the column makes numbers of them. */
static int
bind_value(struct database *d, sqlite3_stmt *s, int at, const char *json)
{
	switch (*json) {
	case '\0':
	case 'n': return d->sqlite.bind_null(s, at);
	case 't': return d->sqlite.bind_int(s, at, 1);
	case 'f': return d->sqlite.bind_int(s, at, 0);
	case '"': return bind_string(d, s, at, json);
	default: return d->sqlite.bind_text(s, at, json, -1, SQLITE_STATIC);
	}
}

/* Bind the run and the values of a row. *values moves behind them. */
static int
bind_values(
    struct database *d, sqlite3_stmt *s, const char **values, int columns)
{
	int rc = d->sqlite.bind_int64(s, 1, d->run);

	for (int i = 0; i < columns; i++) {
		rc |= bind_value(d, s, FIRST_COLUMN + i, *values);
		*values += strlen(*values) + 1;
	}
	return rc == SQLITE_OK ? 0 : -1;
}

/* Bind a body, as text if it is UTF-8 without NULs, at which most readers of
 * text stop. One that is too long for SQLite is NULL. */
static int
bind_body(struct database *d, sqlite3_stmt *s, int at, struct body *body)
{
	size_t max =
	    (size_t)d->sqlite.limit(d->sqlite.db, SQLITE_LIMIT_LENGTH, -1);
	size_t len = 0;
	const char *bytes = body ? body_bytes(body, &len) : NULL;

	if (!bytes || len > max)
		return d->sqlite.bind_null(s, at);
	if (utf8_valid(bytes, len) && !memchr(bytes, '\0', len))
		return d->sqlite.bind_text64(
		    s, at, bytes, len, SQLITE_STATIC, SQLITE_UTF8);
	return d->sqlite.bind_blob64(s, at, bytes, len, SQLITE_STATIC);
}

/* Delete the results with this key, if they are of that kind. */
static int
forget_results(struct database *d, const char *key, enum forget which)
{
	sqlite3_stmt *s = d->statements[FORGET_RESULT];
	bool any = which == FORGET_ANY;

	if (!key || which == FORGET_NONE)
		return 0;
	if (d->sqlite.bind_text(s, 1, key, -1, SQLITE_STATIC) != SQLITE_OK ||
	    d->sqlite.bind_int(s, 2, any || which == FORGET_ITEMS) !=
	        SQLITE_OK ||
	    d->sqlite.bind_int(s, 3, any || which == FORGET_PAGE) != SQLITE_OK)
		return -1;
	return run_statement(d, FORGET_RESULT);
}

/* Insert a result. *values moves behind its values. */
static int
insert_result(
    struct database *d, const struct new_result *r, const char **values)
{
	sqlite3_stmt *s = d->statements[ADD_RESULT];

	if (forget_results(d, r->key, r->forget) < 0)
		return -1;
	if (bind_values(d, s, values, SQLITE_RESULT_COLUMNS) < 0 ||
	    bind_body(d, s, BODY, r->body) != SQLITE_OK ||
	    d->sqlite.bind_text(s, KEY, r->key, -1, SQLITE_STATIC) != SQLITE_OK)
		return -1;
	return run_statement(d, ADD_RESULT);
}

/* Insert an attempt. *values moves behind its values. */
static int
insert_attempt(struct database *d, const char **values)
{
	sqlite3_stmt *s = d->statements[ADD_ATTEMPT];

	if (bind_values(d, s, values, SQLITE_ATTEMPT_COLUMNS) < 0)
		return -1;
	return run_statement(d, ADD_ATTEMPT);
}

/* Fill the end of the run's row; in a transaction. */
static int
finish_run(struct database *d, const struct run_end *end)
{
	sqlite3_stmt *s = d->statements[END_RUN];

	d->sqlite.bind_double(s, 1, seconds(end->wall_us));
	d->sqlite.bind_int64(s, 2, (sqlite3_int64)end->ok);
	d->sqlite.bind_int64(s, 3, (sqlite3_int64)end->failed);
	d->sqlite.bind_int64(s, 4, (sqlite3_int64)end->cancelled);
	d->sqlite.bind_int64(s, 5, d->run);
	return run_statement(d, END_RUN);
}

static int
commit_transaction(struct database *d)
{
	return run_statement(d, COMMIT);
}

/* The last error, borrowed; *os_errno is that of the system, ENOSPC where the
 * disk is full, else EIO. */
static const char *
last_error(struct database *d, int *os_errno)
{
	int system = d->sqlite.system_errno(d->sqlite.db);

	*os_errno = d->sqlite.errcode(d->sqlite.db) == SQLITE_FULL ? ENOSPC
	            : system                                       ? system
	                                                           : EIO;
	return d->sqlite.errmsg(d->sqlite.db);
}

/* --- batches
 * ---------------------------------------------------------------------- */

enum {
	BATCH_ROWS = 1000,
	BATCH_BYTES = 1 << 20
};

/* One request in a batch, or one item of its body: maybe its result, and its
 * attempts. Their values are text in the batch. */
struct row {
	bool has_result;
	enum forget forget;
	bool has_body;
	struct body body;
	size_t attempts;
};

/* The sink of a run. */
struct sqlite_sink {
	struct writer *writer;
	struct sqlite_rows rows;
	struct run_end end;  /* counts */
	struct batch *batch; /* NULL: nothing is gathered */
	/* From here on for the thread only. */
	char *file;
	struct new_run run;
	char *journal;
	struct database *database;
	bool failed;
	struct writer_task closing;
};

/* What becomes one transaction. */
struct batch {
	struct writer_task task;
	struct sqlite_sink *sink;
	struct buf values; /* of each row the key, then the values of its
	                    * result, if it has one, and of its attempts */
	struct row rows[BATCH_ROWS];
	size_t len;
};

/* --- on the thread
 * --------------------------------------------------------------- */

/* Report the last error, once: batches that follow are dropped. */
static void
report_failure(struct sqlite_sink *s, struct writer *w)
{
	int os_errno;
	const char *why = last_error(s->database, &os_errno);

	s->failed = true;
	writer_fail(w, os_errno, "cannot write to %s: %s", s->file, why);
}

/* Write the result of a row, or forget an earlier one if it has none. */
static int
add_result(
    struct database *d, struct row *row, const char *key, const char **values)
{
	struct new_result result = {
	    .key = key,
	    .forget = row->forget,
	    .body = row->has_body ? &row->body : NULL,
	};

	if (row->has_result)
		return insert_result(d, &result, values);
	return forget_results(d, key, row->forget);
}

/* Write a row. *values moves behind its text. */
static int
add_row(struct database *d, struct row *row, const char **values)
{
	const char *key = *values;

	*values += strlen(key) + 1;
	if (add_result(d, row, *key ? key : NULL, values))
		return -1;
	for (size_t i = 0; i < row->attempts; i++)
		if (insert_attempt(d, values))
			return -1;
	return 0;
}

/* Write all rows in one transaction. */
static int
write_batch(struct batch *b)
{
	struct database *d = b->sink->database;
	const char *values = b->values.data;

	if (begin_transaction(d, &b->sink->run))
		return -1;
	for (size_t i = 0; i < b->len; i++)
		if (add_row(d, &b->rows[i], &values))
			return -1;
	return commit_transaction(d);
}

static void
batch_free(struct batch *b)
{
	for (size_t i = 0; i < b->len; i++)
		body_release(&b->rows[i].body);
	buf_release(&b->values);
	free(b);
}

/* Called on the thread for each batch. */
static void
perform_batch(struct writer_task *t, struct writer *w)
{
	struct batch *b = container_of(t, struct batch, task);

	if (!b->sink->failed && write_batch(b))
		report_failure(b->sink, w);
	batch_free(b);
}

static void
sink_free(struct sqlite_sink *s)
{
	database_free(s->database);
	sqlite_rows_release(&s->rows);
	free(s->journal);
	free(s->file);
	free(s);
}

/* Called on the thread at the end: fills the end of the run's row. */
static void
perform_closing(struct writer_task *t, struct writer *w)
{
	struct sqlite_sink *s = container_of(t, struct sqlite_sink, closing);
	struct database *d = s->database;

	if (!s->failed && (begin_transaction(d, &s->run) ||
	                      finish_run(d, &s->end) || commit_transaction(d)))
		report_failure(s, w);
	sink_free(s);
}

/* --- on the loop
 * ------------------------------------------------------------------- */

static void *
open_sqlite(const struct sink_setup *setup, const char *file, char **cause)
{
	struct database *d = open_database(file, cause);
	struct sqlite_sink *s;

	if (!d)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->writer = setup->writer;
	s->file = xstrdup(file);
	s->journal = xstrdup_null(setup->journal);
	s->run.start_wall_us = setup->start_wall_us;
	s->run.journal = s->journal;
	s->database = d;
	sqlite_rows_init(&s->rows, setup->options);
	return s;
}

/* Hand the batch to the writer, with the memory that it holds. */
static void
flush(void *self)
{
	struct sqlite_sink *s = self;

	if (!s->batch)
		return;
	s->batch->task.bytes += s->batch->values.len;
	writer_submit(s->writer, &s->batch->task);
	s->batch = NULL;
}

/* The batch that is being gathered; a new one if there is none. */
static struct batch *
batch_of(struct sqlite_sink *s)
{
	struct batch *b = s->batch;

	if (b)
		return b;
	b = s->batch = xcalloc(1, sizeof(*b));
	b->sink = s;
	b->task.perform = perform_batch;
	return b;
}

/* The next row of the batch, with the key of the record. */
static struct row *
row_of(struct sqlite_sink *s, const struct record *record)
{
	struct batch *b = batch_of(s);
	struct row *row = &b->rows[b->len++];

	body_init(&row->body);
	buf_adds(&b->values, record->key ? record->key : "");
	buf_addc(&b->values, '\0');
	return row;
}

/* Which earlier results this one replaces. Neither a failure nor a result from
 * the journal replaces a success, unless that is from a run without --items, or
 * the other way round. */
static enum forget
replaced_results(const struct record *record)
{
	if (record->item > 1)
		return FORGET_NONE;
	if (!result_ok(record->result))
		return FORGET_FAILURE;
	if (!record->recalled)
		return FORGET_ANY;
	return record->item ? FORGET_PAGE : FORGET_ITEMS;
}

/* Was the body larger than the limit, so that the engine dropped it? */
static bool
was_cut(const struct result *r)
{
	return r->failure.class == ERROR_SIZE && !r->body.size;
}

/* Add the body to its row. One that went to a file of its own is there. */
static void
add_body(struct row *row, struct result *r)
{
	row->has_body = r->status != 0 && !r->file && !was_cut(r);
	if (row->has_body)
		body_copy(&row->body, &r->body);
}

/* Add the exchanges of a request to its row. */
static void
add_attempts(
    struct sqlite_sink *s, struct row *row, const struct record *record)
{
	const struct exchanges *exchanges = &record->result->exchanges;

	for (size_t i = 0; i < exchanges->len; i++)
		sqlite_rows_add_attempt(
		    &s->rows, record, &exchanges->items[i], &s->batch->values);
	row->attempts = exchanges->len;
}

/* Flush a batch that is large enough for a transaction. */
static void
flush_if_full(struct sqlite_sink *s)
{
	struct batch *b = s->batch;
	uint64_t bodies = b->task.bytes;

	if (b->len == BATCH_ROWS || bodies + b->values.len >= BATCH_BYTES)
		flush(s);
}

/* Count a result for the end of the run's row. */
static void
count_result(struct run_end *end, const struct result *r)
{
	if (result_ok(r))
		end->ok++;
	else if (r->failure.class == ERROR_CANCELLED)
		end->cancelled++;
	else
		end->failed++;
}

/* Add a row. What is known of the request as a whole is in the first one. */
static void
add_row_of_record(struct sqlite_sink *s, const struct record *record)
{
	struct row *row = row_of(s, record);

	row->has_result = true;
	row->forget = replaced_results(record);
	sqlite_rows_add_result(&s->rows, record, &s->batch->values);
	if (record->item <= 1) {
		add_attempts(s, row, record);
		add_body(row, record->result);
		s->batch->task.bytes += row->body.size;
	}
	flush_if_full(s);
}

static void
add_record(void *self, const struct record *page)
{
	const struct record *record;
	struct page_records records;

	page_records_open(&records, page);
	while ((record = page_records_next(&records)))
		add_row_of_record(self, record);
	page_records_release(&records);
	count_result(&((struct sqlite_sink *)self)->end, page->result);
}

/* Add a request without a result. An earlier failure of it is forgotten: it
 * does not fail any more. */
static void
add_exchanges(void *self, const struct record *record)
{
	struct sqlite_sink *s = self;
	struct row *row = row_of(s, record);

	row->forget = FORGET_FAILURE;
	add_attempts(s, row, record);
	flush_if_full(s);
}

/* Submit what is gathered, and the end of the run. */
static void
close_sqlite(void *self)
{
	struct sqlite_sink *s = self;

	flush(s);
	s->end.wall_us = clock_wall_us();
	s->closing.perform = perform_closing;
	writer_submit(s->writer, &s->closing);
}

static void
abort_sqlite(void *self)
{
	sink_free(self);
}

const struct sink_kind sink_sqlite = {
    .open = open_sqlite,
    .add = add_record,
    .add_exchanges = add_exchanges,
    .flush = flush,
    .close = close_sqlite,
    .abort = abort_sqlite,
};

#else

static void *
open_sqlite(const struct sink_setup *setup, const char *file, char **cause)
{
	(void)setup;
	(void)file;
	*cause = xstrdup("--sqlite needs SQLite, which this build lacks: "
	                 "install libsqlite3-dev and build again");
	return NULL;
}

const struct sink_kind sink_sqlite = {.open = open_sqlite};

#endif
