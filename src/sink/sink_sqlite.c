/* --sqlite: results gathered on the loop, a transaction for many of them on
 * the writer's thread. */
#include "config.h"

#include "sink/sink.h"

#include "base/xalloc.h"

#ifdef HAVE_SQLITE

#include <stdlib.h>

#include "base/clock.h"
#include "sink/sqlite_database.h"
#include "sink/sqlite_tables.h"

enum {
	BATCH_ROWS = 1000,
	BATCH_BYTES = 1 << 20
};

/* A request: its result, with its body beside the text of its values, and its
 * attempts. */
struct row {
	bool has_result;
	enum database_forget forget;
	bool has_body;
	struct body body;
	size_t attempts;
};

struct sqlite_sink {
	struct writer *writer;
	struct sqlite_rows rows;
	struct database_end end; /* counts */
	struct batch *batch;     /* NULL: nothing is gathered */
	/* The thread's. */
	char *file;
	struct database_run run;
	char *journal;
	struct database *database;
	bool failed;
	struct writer_task closing;
};

/* What becomes one transaction. */
struct batch {
	struct writer_task task;
	struct sqlite_sink *sink;
	struct buf values; /* of each row: its key, of its result, of its
	                    * attempts */
	struct row rows[BATCH_ROWS];
	size_t len;
};

/* On the thread. */

static void
fail(struct sqlite_sink *s, struct writer *w)
{
	int os_errno;
	const char *why = database_error(s->database, &os_errno);

	s->failed = true;
	writer_fail(w, os_errno, "cannot write to %s: %s", s->file, why);
}

static int
add_result(
    struct database *d, struct row *row, const char *key, const char **values)
{
	struct database_result result = {
	    .key = key,
	    .forget = row->forget,
	    .body = row->has_body ? &row->body : NULL,
	};

	if (row->has_result)
		return database_add_result(d, &result, values);
	return key ? database_forget(d, key, row->forget) : 0;
}

static int
add_row(struct database *d, struct row *row, const char **values)
{
	const char *key = *values;

	*values += strlen(key) + 1;
	if (add_result(d, row, *key ? key : NULL, values))
		return -1;
	for (size_t i = 0; i < row->attempts; i++)
		if (database_add_attempt(d, values))
			return -1;
	return 0;
}

static int
write_batch(struct batch *b)
{
	struct database *d = b->sink->database;
	const char *values = b->values.data;

	if (database_begin(d, &b->sink->run))
		return -1;
	for (size_t i = 0; i < b->len; i++)
		if (add_row(d, &b->rows[i], &values))
			return -1;
	return database_commit(d);
}

static void
batch_free(struct batch *b)
{
	for (size_t i = 0; i < b->len; i++)
		body_release(&b->rows[i].body);
	buf_release(&b->values);
	free(b);
}

static void
perform_batch(struct writer_task *t, struct writer *w)
{
	struct batch *b = container_of(t, struct batch, task);

	if (!b->sink->failed && write_batch(b))
		fail(b->sink, w);
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

static void
perform_closing(struct writer_task *t, struct writer *w)
{
	struct sqlite_sink *s = container_of(t, struct sqlite_sink, closing);
	struct database *d = s->database;

	if (!s->failed &&
	    (database_begin(d, &s->run) || database_end_run(d, &s->end) ||
	        database_commit(d)))
		fail(s, w);
	sink_free(s);
}

/* On the loop. */

static void *
open_sqlite(const struct sink_setup *setup, const char *file, char **cause)
{
	struct database *d = database_open(file, cause);
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

/* The next row, empty. */
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

/* A failure takes no result's place, nor does what was there before. */
static enum database_forget
what_it_replaces(const struct record *record)
{
	return result_ok(record->result) && !record->recalled ? FORGET_ANY
	                                                      : FORGET_FAILURE;
}

/* A body that went to its file is there. */
static void
add_body(struct row *row, struct result *r)
{
	row->has_body = r->status != 0 && !r->file;
	if (row->has_body)
		body_copy(&row->body, &r->body);
}

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

static void
flush_if_full(struct sqlite_sink *s)
{
	struct batch *b = s->batch;
	uint64_t bodies = b->task.bytes;

	if (b->len == BATCH_ROWS || bodies + b->values.len >= BATCH_BYTES)
		flush(s);
}

static void
count(struct database_end *end, const struct result *r)
{
	if (result_ok(r))
		end->ok++;
	else if (r->failure.class == ERROR_CANCELLED)
		end->cancelled++;
	else
		end->failed++;
}

static void
add(void *self, const struct record *record)
{
	struct sqlite_sink *s = self;
	struct row *row = row_of(s, record);

	row->has_result = true;
	row->forget = what_it_replaces(record);
	sqlite_rows_add_result(&s->rows, record, &s->batch->values);
	add_attempts(s, row, record);
	add_body(row, record->result);
	s->batch->task.bytes += row->body.size;
	count(&s->end, record->result);
	flush_if_full(s);
}

/* If it failed before, it does no more. */
static void
add_exchanges(void *self, const struct record *record)
{
	struct sqlite_sink *s = self;
	struct row *row = row_of(s, record);

	row->forget = FORGET_FAILURE;
	add_attempts(s, row, record);
	flush_if_full(s);
}

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
    .add = add,
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
