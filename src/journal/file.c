#include "config.h"

#include "journal/journal_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	TRIES = 100 /* at a file that another run replaces */
};

int
journal_refuse(const struct journal *j, char **cause, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	buf_addf(&b, "--journal %s: ", j->file);
	va_start(ap, fmt);
	buf_addv(&b, fmt, ap);
	va_end(ap);
	*cause = buf_take(&b);
	return -1;
}

int
journal_refuse_errno(const struct journal *j, char **cause)
{
	return journal_refuse(j, cause, "%s", strerror(errno));
}

int
journal_lock(int fd)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	return fcntl(fd, F_SETLK, &l);
}

static int
lock(const struct journal *j, char **cause)
{
	struct flock l;

	if (journal_lock(j->fd) == 0)
		return 0;
	if (errno != EACCES && errno != EAGAIN)
		return journal_refuse_errno(j, cause);
	l = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
	if (fcntl(j->fd, F_GETLK, &l) || l.l_type == F_UNLCK || l.l_pid <= 0)
		return journal_refuse(j, cause, "another run uses it");
	return journal_refuse(j, cause,
	    "another run uses it (process %ld); give each its own",
	    (long)l.l_pid);
}

/* Another run may have compacted it between open and lock: what is locked then
 * has no name any more. */
static bool
is_still_there(const struct journal *j)
{
	struct stat here, there;

	return fstat(j->fd, &here) == 0 && stat(j->file, &there) == 0 &&
	       here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

static int
open_once(struct journal *j, char **cause)
{
	static const int flags[] = {
	    [JOURNAL_TO_KEEP] = O_RDWR | O_CREAT | O_APPEND,
	    [JOURNAL_TO_READ] = O_RDONLY | O_NONBLOCK,
	};
	struct stat st;

	j->fd = open(j->file, flags[j->use] | O_CLOEXEC | O_NOCTTY, 0600);
	if (j->fd < 0 || fstat(j->fd, &st))
		return journal_refuse_errno(j, cause);
	if (!S_ISREG(st.st_mode))
		return journal_refuse(j, cause, "it must be a regular file");
	return j->use == JOURNAL_TO_KEEP ? lock(j, cause) : 0;
}

static bool
is_missing(const struct journal *j)
{
	struct stat st;

	return stat(j->file, &st) && errno == ENOENT;
}

int
journal_open_file(struct journal *j, char **cause)
{
	struct stat st;

	if (j->use == JOURNAL_TO_READ && is_missing(j))
		return 0;
	for (int i = 0; i < TRIES; i++) {
		if (open_once(j, cause))
			return -1;
		if (is_still_there(j))
			break;
		close(j->fd);
		j->fd = -1;
	}
	if (j->fd < 0)
		return journal_refuse(j, cause, "it vanishes again and again");
	if (fstat(j->fd, &st))
		return journal_refuse_errno(j, cause);
	j->size = (uint64_t)st.st_size;
	return 0;
}

int
journal_view_open(struct journal_view *v, const struct journal *j)
{
	void *map;

	v->len = (size_t)j->size;
	map = mmap(NULL, v->len, PROT_READ, MAP_PRIVATE, j->fd, 0);
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
