/*
 * First what the writer's thread does: write a batch of records, write a record
 * whose body is in a file, sync. Then the loop's side, which makes such tasks.
 * Tasks are performed in the order in which they are submitted, so the records
 * stand in the file in that order.
 */
#include "config.h"

#include "journal/journal_writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/io.h"
#include "base/xalloc.h"
#include "journal/frame.h"

enum {
	BATCH_SIZE = 64 * 1024 /* bytes; then a batch is handed over */
};

/* From the first record that is not synced to the sync. */
static const struct timeval one_second = {1, 0};

struct journal_writer {
	struct journal *journal;
	struct writer *writer;
	struct batch *batch; /* what is gathered; NULL: nothing */
	struct event sync;
	bool failed; /* the thread's: nothing may stand after a torn record */
};

/* Records for one write(2), and who waits until they are written. */
struct batch {
	struct writer_task task;
	struct journal_writer *owner;
	struct buf bytes;
	struct list waits;
	bool written; /* set by the thread before `done` */
};

/* The record of a result whose body is in a file: it is not read into memory.
 */
struct long_record {
	struct writer_task task;
	struct journal_writer *owner;
	struct buf bytes; /* of the record, before the body */
	uint32_t sum;     /* of the frame so far */
	struct body body; /* a copy, with a descriptor of its own */
};

/* --- on the thread -------------------------------------------------------- */

static void
report_failure(struct journal_writer *j, struct writer *w)
{
	int os_errno = errno;

	j->failed = true;
	writer_fail(w, os_errno, "cannot write %s: %s",
	    journal_file(j->journal), strerror(os_errno));
}

static void
perform_batch(struct writer_task *t, struct writer *w)
{
	struct batch *b = container_of(t, struct batch, task);
	struct journal_writer *j = b->owner;

	if (!j->failed && io_write_all(journal_fd(j->journal), b->bytes.data,
	                      b->bytes.len) < 0)
		report_failure(j, w);
	b->written = !j->failed;
	buf_release(&b->bytes);
	if (!t->done)
		free(b);
}

/* A piece of the body, as io_read_range gives it. */
static void
write_piece(void *arg, const char *data, size_t len)
{
	struct long_record *l = arg;
	struct journal_writer *j = l->owner;

	l->sum = frame_sum(l->sum, data, len);
	if (!j->failed && io_write_all(journal_fd(j->journal), data, len) < 0)
		report_failure(j, j->writer);
}

static void
write_long(struct long_record *l, struct writer *w)
{
	struct journal_writer *j = l->owner;
	struct file_range whole = {0, l->body.size};
	struct buf end = {0};

	if (io_write_all(journal_fd(j->journal), l->bytes.data, l->bytes.len) <
	        0 ||
	    io_read_range(l->body.fd, whole, write_piece, l) < 0) {
		report_failure(j, w);
		return;
	}
	frame_end(&end, l->sum);
	write_piece(l, end.data, end.len);
	buf_release(&end);
}

static void
perform_long(struct writer_task *t, struct writer *w)
{
	struct long_record *l = container_of(t, struct long_record, task);

	if (!l->owner->failed)
		write_long(l, w);
	buf_release(&l->bytes);
	body_release(&l->body);
	free(l);
}

struct sync_task {
	struct writer_task task;
	struct journal_writer *owner;
};

static void
perform_sync(struct writer_task *t, struct writer *w)
{
	struct sync_task *s = container_of(t, struct sync_task, task);
	struct journal_writer *j = s->owner;

	if (!j->failed && fdatasync(journal_fd(j->journal)))
		report_failure(j, w);
	free(s);
}

/* --- on the loop ---------------------------------------------------------- */

static void
submit_sync(struct journal_writer *j)
{
	struct sync_task *s = xcalloc(1, sizeof(*s));

	s->owner = j;
	s->task.perform = perform_sync;
	writer_submit(j->writer, &s->task);
}

static void
on_sync(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	submit_sync(arg);
}

struct journal_writer *
journal_writer_new(
    struct journal *journal, struct writer *writer, struct event_base *base)
{
	struct journal_writer *j = xcalloc(1, sizeof(*j));

	j->journal = journal;
	j->writer = writer;
	evtimer_assign(&j->sync, base, on_sync, j);
	return j;
}

void
journal_writer_free(struct journal_writer *j)
{
	if (!j)
		return;
	if (j->batch) {
		buf_release(&j->batch->bytes);
		free(j->batch);
	}
	evtimer_del(&j->sync);
	free(j);
}

/* The batch that is gathered now. */
static struct batch *
batch_of(struct journal_writer *j)
{
	struct batch *b = j->batch;

	if (b)
		return b;
	b = j->batch = xcalloc(1, sizeof(*b));
	b->owner = j;
	b->task.perform = perform_batch;
	list_init(&b->waits);
	return b;
}

/* The batch is done: those who wait for it go on. Where it could not be
 * written, nobody may go on, and the run ends. */
static void
on_batch_done(struct writer_task *t)
{
	struct batch *b = container_of(t, struct batch, task);
	struct list *link;

	while ((link = list_pop_front(&b->waits))) {
		struct send_wait *wait =
		    container_of(link, struct send_wait, link);

		if (b->written)
			wait->go(wait);
	}
	free(b);
}

void
journal_writer_begin(struct journal_writer *j, const struct journal_key *key,
    struct send_wait *wait)
{
	struct batch *b = batch_of(j);

	journal_add_begun(j->journal, key, &b->bytes);
	list_push_back(&b->waits, &wait->link);
	b->task.done = on_batch_done;
}

void
journal_writer_failed(struct journal_writer *j, const struct journal_key *key)
{
	journal_add_failed(j->journal, key, &batch_of(j)->bytes);
}

uint64_t
journal_writer_number(struct journal_writer *j,
    const struct journal_numbered *what, uint64_t *last)
{
	struct buf record = {0};
	uint64_t k = journal_number(j->journal, what, last, &record);

	if (record.len)
		buf_add(&batch_of(j)->bytes, record.data, record.len);
	buf_release(&record);
	return k;
}

/* Submit a record whose body is in a file. What was gathered before comes
 * first. */
static void
submit_long(
    struct journal_writer *j, struct journal_done *done, struct body *body)
{
	struct long_record *l = xcalloc(1, sizeof(*l));

	journal_writer_flush(j);
	l->owner = j;
	l->body = *body;
	l->sum = journal_add_done(j->journal, done, &l->bytes);
	l->task.bytes = done->body_len;
	l->task.perform = perform_long;
	writer_submit(j->writer, &l->task);
	evtimer_add(&j->sync, &one_second);
}

/* Gather a record whose body is in memory. */
static void
add_short(struct journal_writer *j, struct journal_done *done, const char *body)
{
	struct buf *out = &batch_of(j)->bytes;
	uint32_t sum = journal_add_done(j->journal, done, out);

	sum = frame_sum(sum, body, (size_t)done->body_len);
	buf_add(out, body, (size_t)done->body_len);
	frame_end(out, sum);
	if (out->len >= BATCH_SIZE)
		journal_writer_flush(j);
}

void
journal_writer_done(
    struct journal_writer *j, struct journal_done *done, struct body *body)
{
	struct body copy;

	done->body_len = !body ? 0 : body->fd < 0 ? body->mem.len : body->size;
	if (!body || body->fd < 0) {
		add_short(j, done, body ? buf_text(&body->mem) : "");
		return;
	}
	body_copy(&copy, body);
	if (copy.fd >= 0) {
		submit_long(j, done, &copy);
		return;
	}
	add_short(j, done, copy.mem.data);
	body_release(&copy);
}

void
journal_writer_flush(struct journal_writer *j)
{
	struct batch *b = j->batch;

	if (!b)
		return;
	j->batch = NULL;
	b->task.bytes = b->bytes.len;
	writer_submit(j->writer, &b->task);
	if (!evtimer_pending(&j->sync, NULL))
		evtimer_add(&j->sync, &one_second);
}

void
journal_writer_finish(struct journal_writer *j)
{
	journal_writer_flush(j);
	evtimer_del(&j->sync);
	submit_sync(j);
}
