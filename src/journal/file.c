/*
 * The file of a journal, from top to bottom: what is said of it, its lock, how
 * it is opened, mapped, and replaced by a copy of itself.
 */
#include "config.h"

#include "journal/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/xalloc.h"

enum {
	TRIES = 100 /* to open a file that another run replaces meanwhile */
};

int
journal_file_refuse(
    const struct journal_file *f, char **cause, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	buf_addf(&b, "--journal %s: ", f->name);
	va_start(ap, fmt);
	buf_addv(&b, fmt, ap);
	va_end(ap);
	*cause = buf_take(&b);
	return -1;
}

int
journal_file_refuse_errno(const struct journal_file *f, char **cause)
{
	return journal_file_refuse(f, cause, "%s", strerror(errno));
}

/* --- opened under a lock ------------------------------------------------ */

static int
take_lock(int fd)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	return fcntl(fd, F_SETLK, &l);
}

/* Lock the file, and say who has it if that fails. */
static int
lock(const struct journal_file *f, char **cause)
{
	struct flock l;

	if (take_lock(f->fd) == 0)
		return 0;
	if (errno != EACCES && errno != EAGAIN)
		return journal_file_refuse_errno(f, cause);
	l = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
	if (fcntl(f->fd, F_GETLK, &l) || l.l_type == F_UNLCK || l.l_pid <= 0)
		return journal_file_refuse(f, cause, "in use by another run");
	return journal_file_refuse(f, cause,
	    "in use by another run (process %ld); give each run its own",
	    (long)l.l_pid);
}

/* Another run may have replaced the file between our open and our lock: then we
 * have locked one that has no name any more. */
static bool
is_still_there(const struct journal_file *f)
{
	struct stat here, there;

	return fstat(f->fd, &here) == 0 && stat(f->name, &there) == 0 &&
	       here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

/* O_NONBLOCK: to open a FIFO must not wait for its writer; it is refused below.
 */
static int
open_once(struct journal_file *f, char **cause)
{
	static const int flags[] = {
	    [JOURNAL_TO_KEEP] = O_RDWR | O_CREAT | O_APPEND,
	    [JOURNAL_TO_READ] = O_RDONLY | O_NONBLOCK,
	};
	struct stat st;

	f->fd = open(f->name, flags[f->use] | O_CLOEXEC | O_NOCTTY, 0600);
	if (f->fd < 0 || fstat(f->fd, &st))
		return journal_file_refuse_errno(f, cause);
	if (!S_ISREG(st.st_mode))
		return journal_file_refuse(f, cause, "not a regular file");
	return f->use == JOURNAL_TO_KEEP ? lock(f, cause) : 0;
}

static bool
is_missing(const struct journal_file *f)
{
	struct stat st;

	return stat(f->name, &st) && errno == ENOENT;
}

int
journal_file_open(struct journal_file *f, char **cause)
{
	struct stat st;

	f->fd = -1;
	f->size = 0;
	if (f->use == JOURNAL_TO_READ && is_missing(f))
		return 0;
	for (int i = 0; i < TRIES; i++) {
		if (open_once(f, cause))
			return -1;
		if (is_still_there(f))
			break;
		close(f->fd);
		f->fd = -1;
	}
	if (f->fd < 0)
		return journal_file_refuse(
		    f, cause, "it keeps being replaced by other runs");
	if (fstat(f->fd, &st))
		return journal_file_refuse_errno(f, cause);
	f->size = (uint64_t)st.st_size;
	return 0;
}

void
journal_file_close(struct journal_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	free(f->name);
}

/* --- looked through as memory -------------------------------------------- */

int
journal_view_open(struct journal_view *v, const struct journal_file *f)
{
	void *map;

	v->len = (size_t)f->size;
	map = mmap(NULL, v->len, PROT_READ, MAP_PRIVATE, f->fd, 0);
	if (map == MAP_FAILED)
		return -1;
	v->data = map;
	return 0;
}

void
journal_view_close(struct journal_view *v)
{
	munmap((char *)(uintptr_t)v->data, v->len);
}

/* Without this a large journal would count as memory of ours, page by page. */
void
journal_view_let_go(const struct journal_view *v, size_t *done, size_t at)
{
	const size_t step = (size_t)16 << 20;

#ifdef MADV_DONTNEED
	for (; at - *done >= step; *done += step)
		madvise(
		    (char *)(uintptr_t)v->data + *done, step, MADV_DONTNEED);
#else
	(void)v;
	*done = at;
#endif
}

/* --- replaced by a copy -------------------------------------------------- */

/* The name of the copy ends so while it is written. */
static const char suffix[] = ".compact";

/* Is the file at `path` the copy that a run which was killed meanwhile has left
 * behind? It begins as the journal does; anything else is not ours to remove.
 */
static bool
is_left_behind(const struct journal_view *old, const char *path, size_t head)
{
	char *bytes = xmalloc(head);
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, bytes, head);
	bool same = n >= 0 && memcmp(bytes, old->data, (size_t)n) == 0;

	if (fd >= 0)
		close(fd);
	free(bytes);
	return same;
}

/* Create the copy at `path`, in the place of one that a killed run has left. */
static int
create(const char *path, const struct journal_view *old, size_t head)
{
	const int flags =
	    O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC;
	int fd = open(path, flags, 0600);

	if (fd >= 0 || errno != EEXIST || !is_left_behind(old, path, head) ||
	    unlink(path))
		return fd;
	return open(path, flags, 0600);
}

struct replacement {
	struct journal_file *file;
	const struct journal_copy *copy;
	struct journal_view old;
};

/* The lock comes before the rename: whoever opens the copy under its new name
 * has to find it locked. */
static int
fill(const struct replacement *r, int fd)
{
	struct stat st;

	return fstat(r->file->fd, &st) || fchmod(fd, st.st_mode & 07777) ||
	               take_lock(fd) ||
	               r->copy->fill(r->copy->arg, &r->old, fd) || fsync(fd)
	           ? -1
	           : 0;
}

static void
switch_to(struct journal_file *f, int fd, const struct stat *st)
{
	close(f->fd);
	f->fd = fd;
	f->size = (uint64_t)st->st_size;
}

/* The name is in the same folder as the file, so that rename(2) works; it is on
 * the disk before the old file is closed. */
static int
replace(const struct replacement *r, const char *path)
{
	char *name = xasprintf("%s%s", path, suffix);
	int fd = create(name, &r->old, r->copy->head);
	struct stat st;
	int rc = -1;

	if (fd >= 0 && fill(r, fd) == 0 && fstat(fd, &st) == 0)
		rc = rename(name, path);
	if (rc == 0) {
		io_sync_folder(path);
		switch_to(r->file, fd, &st);
	} else if (fd >= 0) {
		unlink(name);
		close(fd);
	}
	free(name);
	return rc;
}

/* A file that is made anew has no other links, and belongs to who made it. */
static bool
may_be_replaced(const struct journal_file *f)
{
	struct stat st;

	return fstat(f->fd, &st) == 0 && st.st_nlink == 1 &&
	       st.st_uid == geteuid();
}

int
journal_file_replace(struct journal_file *f, const struct journal_copy *copy)
{
	struct replacement r = {.file = f, .copy = copy};
	char *path;
	int rc;

	if (!may_be_replaced(f) || journal_view_open(&r.old, f))
		return -1;
	/* The name may be a symbolic link, which must stay one. */
	path = realpath(f->name, NULL);
	rc = path ? replace(&r, path) : -1;
	free(path);
	journal_view_close(&r.old);
	return rc;
}
