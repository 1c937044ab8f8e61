/*
 * Two threads: what the writer's does to the file (target.h) comes first, then
 * how the loop queues it, one task for each piece of the body and one for its
 * end. At the bottom, the names of files.
 */
#include "config.h"

#include "files/save.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/xalloc.h"
#include "files/target.h"
#include "text/ascii.h"

enum {
	/* File systems allow 255 bytes; the rest is for a hash that tells long
	 * names apart, and for the affixes of the temporary name. */
	NAME_LEN_MAX = 200
};

struct save {
	struct writer *writer;
	struct writer_task end; /* commit or abort */
	void (*done)(void *arg, const struct saved *);
	void *arg;
	bool keeps;      /* -C */
	bool drops;      /* although it keeps */
	uint64_t queued; /* bytes, with those that were found */
	/* Used by the writer's thread only, until `done` is called. */
	struct target target;
	char *mark;         /* for when the file is open; NULL */
	char *renamed;      /* the final path, if it is another one; NULL */
	int64_t modified_s; /* of the file; -1: not told */
	char *cause;        /* why it failed; NULL: it has not so far */
	uint64_t size;      /* bytes written */
	int lacked;      /* errno of an open(2) that lacked a descriptor; 0 */
	struct buf kept; /* bytes that wait for that descriptor */
};

/* A piece of the body on its way to the writer's thread. */
struct chunk {
	struct writer_task task;
	struct save *save;
	struct buf bytes;
	int fd; /* -1: the piece is `bytes`; else the whole file `fd`, owned */
	bool begins; /* no piece, but save_begin */
	char *mark;  /* owned */
};

/* --- on the thread ------------------------------------------------------ */

/* A full or broken disk fails all files, so the run ends at the first one. */
static bool
ends_the_run(int os_errno)
{
	return os_errno == ENOSPC || os_errno == EDQUOT || os_errno == EIO ||
	       os_errno == EFBIG;
}

static void
set_cause(struct save *s, struct writer *w)
{
	int os_errno = errno;

	s->cause = xasprintf("cannot write %s: %s", s->target.path,
	    os_errno == EBUSY    ? "another gather is writing to its .part "
	                           "file"
	    : os_errno == ELOOP  ? "its path contains a symbolic link, which "
	                           "may lead anywhere and is not followed"
	    : os_errno == EEXIST ? "it exists, and -J replaces no file; "
	                           "--no-clobber numbers the new one"
	                         : io_error(os_errno));
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
		set_cause(s, s->writer);
	else
		s->size += len;
}

static void
keep_piece(void *arg, const char *data, size_t len)
{
	struct save *s = arg;

	buf_add(&s->kept, data, len);
}

/* Forget what was written so far. */
static void
begin_anew(struct save *s, const char *mark)
{
	buf_release(&s->kept);
	free(s->mark);
	s->mark = NULL;
	s->size = 0;
	if (s->target.fd < 0)
		s->mark = xstrdup_null(mark);
	else if (target_begin(&s->target, mark) < 0)
		set_cause(s, s->writer);
}

/* The bytes that waited for a descriptor go before those that come now. */
static void
write_kept(struct save *s)
{
	if (s->mark && target_begin(&s->target, s->mark) < 0)
		set_cause(s, s->writer);
	free(s->mark);
	s->mark = NULL;
	write_piece(s, s->kept.data, s->kept.len);
	buf_release(&s->kept);
}

/* Write the chunk to the file. While no descriptor is free to open that, keep
 * the bytes in memory: to wait here would stop the only thread that gives
 * descriptors back. */
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
		set_cause(s, w);
		return;
	}
	if (c->begins)
		begin_anew(s, c->mark);
	else if (c->fd < 0)
		take(s, c->bytes.data, c->bytes.len);
	else if (io_read_range(c->fd, whole, take, s) < 0)
		set_cause(s, w);
}

/* Call `do_it`, and again while a descriptor is all that it lacks. The end of a
 * save cannot be put off as its pieces can, so it takes the writer's reserve,
 * or waits until others have closed theirs. */
static int
do_with_descriptor(
    struct save *s, struct writer *w, int (*do_it)(struct target *))
{
	while (do_it(&s->target) < 0) {
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
	free(c->mark);
	free(c);
}

static void
save_free(struct save *s)
{
	target_release(&s->target);
	free(s->mark);
	buf_release(&s->kept);
	free(s->renamed);
	free(s->cause);
	free(s);
}

static void
perform_commit(struct writer_task *t, struct writer *w)
{
	struct save *s = container_of(t, struct save, end);

	if (s->renamed)
		target_rename(&s->target, s->renamed);
	s->renamed = NULL;
	s->target.modified_s = s->modified_s;
	if (!s->cause && do_with_descriptor(s, w, target_open) < 0)
		set_cause(s, w);
	if (!s->cause)
		write_kept(s);
	if (!s->cause && do_with_descriptor(s, w, target_commit) < 0)
		set_cause(s, w);
	if (s->cause)
		target_abort(&s->target);
	writer_spare_descriptor(w);
}

static void
perform_abort(struct writer_task *t, struct writer *w)
{
	struct save *s = container_of(t, struct save, end);

	(void)w;
	if (s->drops)
		target_drop(&s->target);
	else
		target_abort(&s->target);
	save_free(s);
}

/* --- on the loop -------------------------------------------------------- */

static void
call_done(struct writer_task *t)
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
	s->modified_s = -1;
	assert(own <= strlen(name));
	own += strlen(path) - strlen(name);
	target_init(&s->target, path,
	    options->no_clobber ? TARGET_KEEPS : TARGET_REPLACES);
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
save_keep(struct save *s)
{
	s->keeps = s->target.keeps = true;
}

bool
save_keeps(const struct save *s)
{
	return s->keeps;
}

uint64_t
save_size(const struct save *s)
{
	return s->queued;
}

int
save_find(struct save *s, struct target_found *found, char **cause)
{
	if (target_find(&s->target, found) < 0) {
		*cause = xasprintf("%s.part: %s", s->target.path,
		    errno == EBUSY ? "another gather is writing to it"
		    : errno == EEXIST
		        ? "it is no regular file with one name; remove it"
		        : io_error(errno));
		return -1;
	}
	s->queued = found->whole ? 0 : found->size;
	return 0;
}

void
save_begin(struct save *s, const char *mark)
{
	struct chunk *c = chunk_new(s);

	c->begins = true;
	c->mark = xstrdup_null(mark);
	s->queued = 0;
	writer_submit(s->writer, &c->task);
}

void
save_set_time(struct save *s, int64_t modified_s)
{
	s->modified_s = modified_s;
}

void
save_set_name(
    struct save *s, const struct output_options *options, const char *name)
{
	s->renamed = save_path(options, name);
	if (!options->no_clobber)
		s->target.existing = TARGET_FAILS;
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
	s->queued += bytes->len;
	buf_init(bytes);
	writer_submit(s->writer, &c->task);
}

void
save_write_file(struct save *s, int fd, uint64_t size)
{
	struct buf content = {0};
	int own = writer_keep_range(fd, (struct file_range){0, size}, &content);
	struct chunk *c;

	if (own < 0) {
		save_write(s, &content);
		return;
	}
	c = chunk_new(s);
	c->fd = own;
	c->task.bytes = size;
	s->queued += size;
	writer_submit(s->writer, &c->task);
}

void
save_commit(
    struct save *s, void (*done)(void *arg, const struct saved *), void *arg)
{
	s->done = done;
	s->arg = arg;
	s->end.perform = perform_commit;
	s->end.done = call_done;
	writer_submit(s->writer, &s->end);
}

void
save_abort(struct save *s)
{
	s->end.perform = perform_abort;
	writer_submit(s->writer, &s->end);
}

void
save_drop(struct save *s)
{
	s->drops = true;
	save_abort(s);
}

/* --- names -------------------------------------------------------------- */

char *
save_path(const struct output_options *options, const char *name)
{
	const char *dir = options->output_dir;

	if (!dir || *name == '/')
		return xstrdup(name);
	return xasprintf("%s/%s", dir, name);
}

bool
save_exists(const struct output_options *options, const char *name)
{
	char *path = save_path(options, name);
	struct stat st;
	bool there = stat(path, &st) == 0 && S_ISREG(st.st_mode);

	free(path);
	return there;
}

/* --- the name of -O ----------------------------------------------------- */

static bool
is_safe(char c)
{
	return ascii_is_alnum(c) || (c && strchr("._-%", c));
}

/* The last segment of the path, without query. */
static const char *
last_segment(const char *url, size_t *len)
{
	const char *path = strstr(url, "://");
	const char *end, *start;

	path = path ? path + 3 : url;
	path += strcspn(path, "/?#");
	end = path + strcspn(path, "?#");
	start = end;
	while (start > path && start[-1] != '/')
		start--;
	*len = (size_t)(end - start);
	return start;
}

static void
add_safe(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (is_safe(s[i]) && !(i == 0 && s[i] == '.'))
			buf_addc(out, s[i]);
		else
			buf_addf(out, "%%%02X", (unsigned char)s[i]);
	}
}

char *
save_remote_name(const char *url)
{
	size_t len;
	const char *segment = last_segment(url, &len);
	struct buf name;

	if (len == 0)
		return xstrdup("curl_response");
	buf_init(&name);
	add_safe(&name, segment, len);
	if (name.len > NAME_LEN_MAX) {
		uint64_t hash = hash_text(name.data);

		buf_truncate(&name, NAME_LEN_MAX);
		buf_addf(&name, "-%016" PRIx64, hash);
	}
	return buf_take(&name);
}
