/*
 * Two threads: what the writer's does with the file comes first, then what the
 * loop queues for it. Tasks are performed in the order in which they were
 * queued, so an emission always finds what was stored before it. The file is a
 * log: bytes are appended, holes punched where they were emitted, and when
 * nothing is left it begins anew.
 */
#include "config.h"

#include "order/spill.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/xalloc.h"
#include "process/log.h"

enum {
	CHUNK_SIZE = 256 * 1024, /* bytes that go to the file at once */
	HOLE_MIN = 4096          /* a smaller hole frees no block */
};

struct spill {
	struct writer *writer;
	uint64_t limit;
	int fd;           /* -1: not made yet */
	bool failed;      /* nothing more is accepted */
	uint64_t end;     /* where the next byte goes */
	uint64_t live;    /* bytes added, not emitted */
	uint64_t backlog; /* bytes added, not written */
	struct buf chunk; /* the last bytes before `end`, not queued yet */
	struct list kept; /* stores that could not be written; the thread's
	                   * until `closing` is performed */
	/* The file system cannot punch holes: bytes that were emitted still
	 * take room. Set by the thread, read by the loop. */
	atomic_bool no_holes;
	struct writer_task closing;
};

/* A piece on its way into the file: bytes, or all of another file. If the write
 * fails the piece is kept, and emitted from where it is. */
struct store {
	struct writer_task task;
	struct list link; /* in `kept` */
	struct spill *spill;
	struct file_range range;
	struct buf bytes;
	int from_fd; /* owned; -1: the piece is `bytes` */
	bool kept;   /* the write failed */
};

/* Spilled bytes on their way to stdout. */
struct emission {
	struct writer_task task;
	struct spill *spill;
	struct spilled what;
	uint64_t skip;
};

/* --- on the thread ------------------------------------------------------ */

static void
store_release(struct store *s)
{
	buf_release(&s->bytes);
	if (s->from_fd >= 0)
		close(s->from_fd);
}

/* Where copy_piece writes the next piece of a file. */
struct copy {
	int to;
	uint64_t offset;
	int rc;
};

static void
copy_piece(void *arg, const char *data, size_t len)
{
	struct copy *c = arg;

	if (c->rc == 0)
		c->rc = io_write_at(c->to, data, len, c->offset);
	c->offset += len;
}

static int
store_write(const struct store *s)
{
	struct copy copy = {.to = s->spill->fd, .offset = s->range.offset};
	struct file_range whole = {0, s->range.size};

	if (s->from_fd < 0)
		return io_write_at(
		    s->spill->fd, s->bytes.data, s->bytes.len, s->range.offset);
	if (io_read_range(s->from_fd, whole, copy_piece, &copy) < 0)
		return -1;
	return copy.rc;
}

static void
perform_store(struct writer_task *t, struct writer *w)
{
	struct store *s = container_of(t, struct store, task);

	(void)w;
	if (store_write(s) == 0) {
		store_release(s);
		return;
	}
	s->kept = true;
	list_push_back(&s->spill->kept, &s->link);
}

static void
put_piece(void *arg, const char *data, size_t len)
{
	writer_put(arg, data, len);
}

static void
add_piece(void *arg, const char *data, size_t len)
{
	buf_add(arg, data, len);
}

/* Where the byte at offset `at` is: in the kept store that is returned, or in
 * the file (NULL). *end is lowered to the offset where that place ends. Few
 * stores are kept, since nothing is accepted once a write has failed. */
static const struct store *
locate(struct spill *s, uint64_t at, uint64_t *end)
{
	LIST_FOREACH (link, &s->kept) {
		const struct store *k = container_of(link, struct store, link);
		uint64_t k_end = k->range.offset + k->range.size;

		if (at >= k->range.offset && at < k_end) {
			*end = *end < k_end ? *end : k_end;
			return k;
		}
		if (k->range.offset > at && k->range.offset < *end)
			*end = k->range.offset;
	}
	return NULL;
}

/* The function that read_range calls for each piece, and its argument. */
struct reader {
	void (*take)(void *arg, const char *data, size_t len);
	void *arg;
};

static int
read_store(const struct store *k, struct file_range range, struct reader reader)
{
	range.offset -= k->range.offset;
	if (k->from_fd >= 0)
		return io_read_range(
		    k->from_fd, range, reader.take, reader.arg);
	reader.take(reader.arg, k->bytes.data + range.offset, range.size);
	return 0;
}

static int
read_range(struct spill *s, struct file_range range, struct reader reader)
{
	uint64_t at = range.offset, last = at + range.size;
	int rc = 0;

	while (at < last && rc == 0) {
		uint64_t end = last;
		const struct store *k = locate(s, at, &end);
		struct file_range part = {at, end - at};

		rc = k ? read_store(k, part, reader)
		       : io_read_range(s->fd, part, reader.take, reader.arg);
		at = end;
	}
	return rc;
}

/* Give the disk space of bytes that were emitted back to the file system. */
static void
free_range(struct spill *s, struct file_range range)
{
	if (range.size < HOLE_MIN)
		return;
#ifdef FALLOC_FL_PUNCH_HOLE
	if (fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
	        (off_t)range.offset, (off_t)range.size) == 0)
		return;
#endif
	atomic_store(&s->no_holes, true);
}

/* Write a range to stdout, without the bytes that are still to be skipped, and
 * free its room. -1 with errno. */
static int
put_range(struct emission *e, struct file_range range, struct writer *w)
{
	struct reader reader = {put_piece, w};
	struct file_range rest = {range.offset + e->skip, range.size - e->skip};
	int rc = read_range(e->spill, rest, reader);

	e->skip = 0;
	free_range(e->spill, range);
	return rc;
}

/* Read the array of ranges, and write each of them to stdout. -1 with errno. */
static int
put_pieces(struct emission *e, struct writer *w)
{
	struct file_range index = {
	    e->what.range.offset, e->what.pieces * sizeof(struct file_range)};
	struct buf ranges = {0};
	int rc =
	    read_range(e->spill, index, (struct reader){add_piece, &ranges});

	for (uint32_t i = 0; rc == 0 && i < e->what.pieces; i++) {
		struct file_range range;

		memcpy(&range, ranges.data + i * sizeof(range), sizeof(range));
		rc = put_range(e, range, w);
	}
	free_range(e->spill, index);
	buf_release(&ranges);
	return rc;
}

static void
perform_emission(struct writer_task *t, struct writer *w)
{
	struct emission *e = container_of(t, struct emission, task);
	int rc =
	    e->what.pieces ? put_pieces(e, w) : put_range(e, e->what.range, w);

	if (rc < 0)
		writer_fail_stdout(w, errno, "cannot read what was spilled: %s",
		    io_error(errno));
	free(e);
}

static void
perform_closing(struct writer_task *t, struct writer *w)
{
	(void)t;
	(void)w;
}

/* --- on the loop -------------------------------------------------------- */

/* On the loop after perform_store. */
static void
on_stored(struct writer_task *t)
{
	struct store *s = container_of(t, struct store, task);

	s->spill->backlog -= s->range.size;
	if (!s->kept) {
		free(s);
		return;
	}
	if (!s->spill->failed)
		log_note("cannot write to the temporary file for results "
		         "that wait for their turn: keeping them in memory "
		         "(set TMPDIR to a directory with more space)");
	s->spill->failed = true;
}

static void
on_closed(struct writer_task *t)
{
	struct spill *s = container_of(t, struct spill, closing);
	struct list *link;

	while ((link = list_pop_front(&s->kept))) {
		struct store *k = container_of(link, struct store, link);

		store_release(k);
		free(k);
	}
	if (s->fd >= 0)
		close(s->fd);
	buf_release(&s->chunk);
	free(s);
}

struct spill *
spill_new(struct writer *writer, uint64_t limit_bytes)
{
	struct spill *s = xcalloc(1, sizeof(*s));

	s->writer = writer;
	s->limit = limit_bytes;
	s->fd = -1;
	buf_init(&s->chunk);
	list_init(&s->kept);
	s->closing.perform = perform_closing;
	s->closing.done = on_closed;
	return s;
}

/* Queued tasks use the spill, so the last task frees it. Without a file there
 * were no tasks, and no thread needs to be started. */
void
spill_free(struct spill *s)
{
	if (!s)
		return;
	if (s->fd < 0)
		on_closed(&s->closing);
	else
		writer_submit(s->writer, &s->closing);
}

/* -1 with errno; stderr tells why, unless a descriptor is all that it lacks. */
static int
open_unlinked(void)
{
	int fd = io_open_unlinked();

	if (fd < 0 && !io_lacks_descriptors(errno))
		log_note("cannot create a temporary file in %s for results "
		         "that wait for their turn: %s; keeping them in "
		         "memory (set TMPDIR to another directory)",
		    io_temporary_folder(), io_error(errno));
	return fd;
}

bool
spill_accepts(struct spill *s, uint64_t size)
{
	uint64_t used = atomic_load(&s->no_holes) ? s->end : s->live;

	if (s->failed || size > s->limit || used > s->limit - size)
		return false;
	if (s->fd < 0)
		s->fd = open_unlinked();
	/* A descriptor that is wanting now may be free the next time. */
	s->failed = s->fd < 0 && !io_lacks_descriptors(errno);
	return s->fd >= 0;
}

static struct store *
store_new(struct spill *s, uint64_t offset, uint64_t size)
{
	struct store *store = xcalloc(1, sizeof(*store));

	store->spill = s;
	store->range = (struct file_range){offset, size};
	store->from_fd = -1;
	store->task.perform = perform_store;
	store->task.done = on_stored;
	return store;
}

/* Queue the gathered bytes as a task that stores them. */
static void
queue_chunk(struct spill *s)
{
	struct store *store;

	if (s->chunk.len == 0)
		return;
	store = store_new(s, s->end - s->chunk.len, s->chunk.len);
	store->bytes = s->chunk;
	buf_init(&s->chunk);
	writer_submit(s->writer, &store->task);
}

/* Account for `size` more bytes; returns their offset. */
static uint64_t
reserve_range(struct spill *s, uint64_t size)
{
	uint64_t offset = s->end;

	s->end += size;
	s->live += size;
	s->backlog += size;
	return offset;
}

uint64_t
spill_add(struct spill *s, const char *data, size_t len)
{
	uint64_t offset = reserve_range(s, len);

	buf_add(&s->chunk, data, len);
	if (s->chunk.len >= CHUNK_SIZE)
		queue_chunk(s);
	return offset;
}

void
spill_add_file(struct spill *s, int fd, uint64_t size)
{
	struct store *store;

	queue_chunk(s);
	store = store_new(s, reserve_range(s, size), size);
	store->from_fd = fd;
	writer_submit(s->writer, &store->task);
}

void
spill_emit(struct spill *s, struct spilled what, uint64_t skip)
{
	struct emission *e = xcalloc(1, sizeof(*e));

	queue_chunk(s);
	s->live -= what.range.size + what.pieces * sizeof(struct file_range);
	/* The file can begin anew: the thread performs the reads that are
	 * queued before any write that comes. */
	if (s->live == 0)
		s->end = 0;
	e->spill = s;
	e->what = what;
	e->skip = skip;
	e->task.bytes = what.range.size - skip;
	e->task.perform = perform_emission;
	writer_submit(s->writer, &e->task);
}

uint64_t
spill_live_bytes(const struct spill *s)
{
	return s->live;
}

uint64_t
spill_backlog_bytes(const struct spill *s)
{
	return s->backlog;
}
