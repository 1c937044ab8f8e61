#include "config.h"

#include "journal/compact.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/xalloc.h"
#include "journal/journal_private.h"

enum {
	STRETCH_MAX = 1 << 20
};

static const char suffix[] = ".compact";

/* Bytes of the old file that go over as they are. */
struct stretch {
	const struct journal_view *from;
	int to;
	size_t begin, end;
};

static int
write_stretch(const struct stretch *s)
{
	return io_write_all(s->to, s->from->data + s->begin, s->end - s->begin);
}

static int
add_frame(struct stretch *s, const struct frame *frame)
{
	size_t end = frame->at + FRAME_AROUND + frame->len;

	if (frame->at == s->end && end - s->begin <= STRETCH_MAX) {
		s->end = end;
		return 0;
	}
	if (write_stretch(s))
		return -1;
	s->begin = frame->at;
	s->end = end;
	return 0;
}

/* Does what is to be known of its request stand here? */
static bool
is_live(const struct journal *j, const struct frame *frame)
{
	struct record_head head;

	if (record_read(&head, frame->payload, frame->len))
		return true;
	switch (head.kind) {
	case RECORD_OPTIONS: return true;
	case RECORD_DONE:
		return index_done_at(&j->index, &head.key) == frame->at;
	case RECORD_NUMBER: return true;
	case RECORD_BEGUN: return index_is_begun(&j->index, &head.key);
	case RECORD_FAILED: break;
	}
	return false;
}

static int
copy_live(const struct journal *j, const struct journal_view *from, int to)
{
	struct frames frames = {from->data, from->len, JOURNAL_LINE, j->salt};
	struct stretch s = {.from = from, .to = to, .end = JOURNAL_LINE};
	struct frame frame;
	size_t let_go = 0;

	while (frames_next(&frames, &frame) == FRAME_WHOLE) {
		if (is_live(j, &frame) && add_frame(&s, &frame))
			return -1;
		journal_view_let_go(from, &let_go, frames.at);
	}
	return write_stretch(&s);
}

/* What a run that was killed meanwhile has left behind begins as we do. */
static bool
is_left_behind(const struct journal_view *old, const char *path)
{
	char line[JOURNAL_LINE];
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, line, JOURNAL_LINE);

	if (fd >= 0)
		close(fd);
	return n >= 0 && memcmp(line, old->data, (size_t)n) == 0;
}

static int
create(const char *path, const struct journal_view *old)
{
	const int flags =
	    O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC;
	int fd = open(path, flags, 0600);

	if (fd >= 0 || errno != EEXIST || !is_left_behind(old, path) ||
	    unlink(path))
		return fd;
	return open(path, flags, 0600);
}

/* Whoever opens it has to find the lock. */
static int
fill(const struct journal *j, int fd, const struct journal_view *old)
{
	struct stat st;

	return fstat(j->fd, &st) || fchmod(fd, st.st_mode & 07777) ||
	               journal_lock(fd) || copy_live(j, old, fd) || fsync(fd)
	           ? -1
	           : 0;
}

static int
replace(struct journal *j, const char *path, const struct journal_view *old)
{
	char *name = xasprintf("%s%s", path, suffix);
	int fd = create(name, old);
	int rc = -1;

	if (fd >= 0 && fill(j, fd, old) == 0)
		rc = rename(name, path);
	if (rc == 0) {
		io_sync_folder(path);
		close(j->fd);
		j->fd = fd;
	} else if (fd >= 0) {
		unlink(name);
		close(fd);
	}
	free(name);
	return rc;
}

/* Links and owners would be lost. */
static bool
may_be_replaced(const struct journal *j)
{
	struct stat st;

	return fstat(j->fd, &st) == 0 && st.st_nlink == 1 &&
	       st.st_uid == geteuid();
}

int
journal_compact(struct journal *j)
{
	struct journal_view old;
	char *path;
	int rc;

	if (!may_be_replaced(j) || journal_view_open(&old, j))
		return -1;
	path = realpath(j->file, NULL);
	rc = path ? replace(j, path, &old) : -1;
	free(path);
	journal_view_close(&old);
	return rc;
}
