#include "config.h"

#include "files/save.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/xalloc.h"
#include "files/target.h"

struct save {
	struct writer *writer;
	struct target target; /* the thread's */
	char *cause;          /* the thread's: why it failed */
	uint64_t size;
	int lacked;      /* the thread's: errno of a descriptor ... */
	struct buf kept; /* ... and what waits for it */
	struct writer_task end;
	void (*done)(void *arg, const struct saved *);
	void *arg;
};

/* A piece of the body on its way. */
struct chunk {
	struct writer_task task;
	struct save *save;
	struct buf bytes;
	int fd; /* -1: it is `bytes` */
};

/* On the thread. */

/* Where there is no room for this file, there is none for the others. */
static bool
ends_the_run(int os_errno)
{
	return os_errno == ENOSPC || os_errno == EDQUOT || os_errno == EIO ||
	       os_errno == EFBIG;
}

static void
fail(struct save *s, struct writer *w)
{
	int os_errno = errno;

	s->cause = xasprintf("cannot write %s: %s", s->target.path,
	    os_errno == ELOOP ? "a symbolic link is in its way, which might "
	                        "lead anywhere"
	                      : strerror(os_errno));
	if (ends_the_run(os_errno))
		writer_fail(w, os_errno, "%s", s->cause);
}

static void
write_piece(void *arg, const char *data, size_t len)
{
	struct save *s = arg;

	if (s->cause)
		return;
	if (io_write_all(s->target.fd, data, len) < 0)
		fail(s, s->writer);
	else
		s->size += len;
}

static void
keep_piece(void *arg, const char *data, size_t len)
{
	struct save *s = arg;

	buf_add(&s->kept, data, len);
}

/* What waited for a descriptor comes first. */
static void
write_kept(struct save *s)
{
	write_piece(s, s->kept.data, s->kept.len);
	buf_release(&s->kept);
}

/* To its file or, while no descriptor is free for that, to memory. */
static void
write_chunk(struct chunk *c, struct writer *w)
{
	struct save *s = c->save;
	struct file_range whole = {0, c->task.bytes};
	void (*take)(void *, const char *, size_t) = write_piece;

	if (s->cause)
		return;
	if (target_open(&s->target) == 0) {
		write_kept(s);
	} else if (io_lacks_descriptors(errno)) {
		s->lacked = errno;
		take = keep_piece;
	} else {
		fail(s, w);
		return;
	}
	if (c->fd < 0)
		take(s, c->bytes.data, c->bytes.len);
	else if (io_read_range(c->fd, whole, take, s) < 0)
		fail(s, w);
}

/* The last chance: others may have to give theirs back first. */
static int
persist(struct save *s, struct writer *w, int (*step)(struct target *))
{
	while (step(&s->target) < 0) {
		if (!io_lacks_descriptors(errno))
			return -1;
		s->lacked = errno;
		if (!writer_find_descriptor(w))
			return -1;
	}
	return 0;
}

static void
perform_chunk(struct writer_task *t, struct writer *w)
{
	struct chunk *c = container_of(t, struct chunk, task);

	write_chunk(c, w);
	if (c->fd >= 0)
		close(c->fd);
	buf_release(&c->bytes);
	free(c);
}

static void
save_free(struct save *s)
{
	target_release(&s->target);
	buf_release(&s->kept);
	free(s->cause);
	free(s);
}

static void
perform_commit(struct writer_task *t, struct writer *w)
{
	struct save *s = container_of(t, struct save, end);

	if (!s->cause && persist(s, w, target_open) < 0)
		fail(s, w);
	if (!s->cause)
		write_kept(s);
	if (!s->cause && persist(s, w, target_commit) < 0)
		fail(s, w);
	if (s->cause)
		target_abort(&s->target);
	writer_spare_descriptor(w);
}

static void
perform_abort(struct writer_task *t, struct writer *w)
{
	struct save *s = container_of(t, struct save, end);

	(void)w;
	target_abort(&s->target);
	save_free(s);
}

/* On the loop. */

static void
report(struct writer_task *t)
{
	struct save *s = container_of(t, struct save, end);
	struct saved saved = {s->target.path, s->cause, s->size, s->lacked};

	s->done(s->arg, &saved);
	save_free(s);
}

struct save *
save_new(struct writer *writer, const struct output_options *options,
    const char *name, size_t own)
{
	struct save *s = xcalloc(1, sizeof(*s));
	char *path = save_path(options, name);

	s->writer = writer;
	assert(own <= strlen(name));
	own += strlen(path) - strlen(name);
	target_init(&s->target, path, options->no_clobber);
	s->target.own = own;
	return s;
}

static struct chunk *
chunk_new(struct save *s)
{
	struct chunk *c = xcalloc(1, sizeof(*c));

	c->save = s;
	c->fd = -1;
	c->task.perform = perform_chunk;
	return c;
}

void
save_write(struct save *s, struct buf *bytes)
{
	struct chunk *c;

	if (bytes->len == 0)
		return;
	c = chunk_new(s);
	c->bytes = *bytes;
	c->task.bytes = bytes->len;
	buf_init(bytes);
	writer_submit(s->writer, &c->task);
}

static void
add_piece(void *arg, const char *data, size_t len)
{
	buf_add(arg, data, len);
}

/* No descriptor is free for a duplicate: through memory, then. */
static void
queue_content(struct save *s, int fd, uint64_t size)
{
	struct file_range whole = {0, size};
	struct buf content;

	buf_init(&content);
	if (io_read_range(fd, whole, add_piece, &content) < 0)
		die("cannot read a spilled body: %s", strerror(errno));
	save_write(s, &content);
}

void
save_write_file(struct save *s, int fd, uint64_t size)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	struct chunk *c;

	if (own < 0) {
		queue_content(s, fd, size);
		return;
	}
	c = chunk_new(s);
	c->fd = own;
	c->task.bytes = size;
	writer_submit(s->writer, &c->task);
}

void
save_commit(
    struct save *s, void (*done)(void *arg, const struct saved *), void *arg)
{
	s->done = done;
	s->arg = arg;
	s->end.perform = perform_commit;
	s->end.done = report;
	writer_submit(s->writer, &s->end);
}

void
save_abort(struct save *s)
{
	s->end.perform = perform_abort;
	writer_submit(s->writer, &s->end);
}
