/*
 * First where the file is to be: the folder is opened component by component
 * below the user's own part of the path, and everything else is done relative
 * to it (openat(2)), so that nobody can put a link in its place meanwhile. Then
 * the temporary file, its locking, and the ways in which it gets its name.
 */
#include "config.h"

#include "files/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/xalloc.h"
#include "files/mark.h"

#ifndef O_PATH
#define O_PATH O_RDONLY
#endif

enum {
	COPIES_MAX = 100,      /* FILE.1 to FILE.100, as in curl */
	NAME_SHOWN = 100,      /* bytes of the file's name in the temporary
	                        * one, which must not be too long */
	TEMPORARY_TRIES = 1000 /* each fails because another run uses it */
};

void
target_init(struct target *t, char *path, enum target_existing existing)
{
	*t = (struct target){.path = path,
	    .own = path ? strlen(path) : 0,
	    .fd = -1,
	    .existing = existing,
	    .modified_s = -1};
}

void
target_release(struct target *t)
{
	target_abort(t);
	free(t->path);
	t->path = NULL;
}

/* Whether folders that are missing are made, or are an error. */
enum folders {
	MAKE_FOLDERS,
	FIND_FOLDERS
};

/* --- where the file is to be ---------------------------------------------- */

/* A file as openat(2) takes it: its name in an open folder, or its path. */
struct place {
	int folder;       /* owned; AT_FDCWD: the name is a path */
	const char *name; /* borrowed from the target's path */
};

/* Close the folder; errno stays as it is, for the caller's error. */
static void
leave(struct place *p)
{
	int before = errno;

	if (p->folder != AT_FDCWD)
		close(p->folder);
	errno = before;
}

static int
make_directory(const char *path)
{
	return mkdir(path, 0777) < 0 && errno != EEXIST ? -1 : 0;
}

/* Make all folders above `path`. Mostly they exist, so the last is tried
 * first: one system call for each file of a run. */
static int
make_parents(const char *path)
{
	char *part = xstrdup(path);
	char *last = strrchr(part, '/');
	int rc = 0;

	if (last && last != part) {
		*last = '\0';
		rc = access(part, F_OK);
		for (char *c = part + 1; rc < 0 && *c; c++) {
			if (*c != '/')
				continue;
			*c = '\0';
			if (make_directory(part) < 0)
				goto out;
			*c = '/';
		}
		rc = rc < 0 ? make_directory(part) : 0;
	}
out:
	free(part);
	return rc;
}

/* Close the file *fd; errno stays as it is, for the caller's error. */
static void
leave_file(int *fd)
{
	int before = errno;

	close(*fd);
	*fd = -1;
	errno = before;
}

static bool
is_link(int folder, const char *name)
{
	struct stat st;

	return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISLNK(st.st_mode);
}

/* Open the folder `name` in `folder`. -1 with errno, ELOOP for a link: the
 * kernel says ENOTDIR of one where O_DIRECTORY is given as well. */
static int
open_below(int folder, const char *name, enum folders folders)
{
	const int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(folder, name, flags);

	if (fd < 0 && errno == ENOENT && folders == MAKE_FOLDERS) {
		if (mkdirat(folder, name, 0777) < 0 && errno != EEXIST)
			return -1;
		fd = openat(folder, name, flags);
	}
	if (fd < 0 && errno == ENOTDIR && is_link(folder, name))
		errno = ELOOP;
	return fd;
}

/* Go from the folder of `p` to the folder `name` in it. */
static int
descend(struct place *p, const char *name, enum folders folders)
{
	int below = open_below(p->folder, name, folders);

	leave(p);
	p->folder = below < 0 ? AT_FDCWD : below;
	return below < 0 ? -1 : 0;
}

/* Open the folder at which the user's own part of the path ends; links in that
 * part are the user's choice. */
static int
open_own(struct place *p, const struct target *t, enum folders folders)
{
	char *own = xmemdup0(t->path, t->own);
	int rc = 0;

	*p = (struct place){AT_FDCWD, t->path + t->own};
	if (folders == MAKE_FOLDERS)
		rc = make_parents(own);
	if (rc == 0 && t->own) {
		p->folder = open(own, O_PATH | O_DIRECTORY | O_CLOEXEC);
		rc = p->folder < 0 ? -1 : 0;
	}
	if (rc < 0)
		p->folder = AT_FDCWD;
	free(own);
	return rc;
}

/* Find the file's place. Data that was expanded may name folders: each of them
 * is opened in the one above it, so that no link leads elsewhere. */
static int
find_place(struct place *p, const struct target *t, enum folders folders)
{
	char *rest, *slash, *name;
	int rc;

	if (!strchr(t->path + t->own, '/')) {
		*p = (struct place){AT_FDCWD, t->path};
		return folders == MAKE_FOLDERS ? make_parents(t->path) : 0;
	}
	if (open_own(p, t, folders) < 0)
		return -1;
	rest = name = xstrdup(t->path + t->own);
	for (rc = 0; rc == 0 && (slash = strchr(name, '/')); name = slash + 1) {
		*slash = '\0';
		if (*name)
			rc = descend(p, name, folders);
	}
	p->name = t->path + t->own + (name - rest);
	free(rest);
	return rc;
}

/* --- the file ------------------------------------------------------------ */

/* Does the user's own text name something under /dev/ or /proc/? Links there,
 * such as /dev/stdout, are meant to be followed. */
static bool
is_system_path(const struct target *t)
{
	return (t->own > 5 && strncmp(t->path, "/dev/", 5) == 0) ||
	       (t->own > 6 && strncmp(t->path, "/proc/", 6) == 0);
}

/* 1: the file is a device, a FIFO or the like; 0: it does not exist, or can be
 * replaced; -1 with errno: it is a folder. */
static int
is_written_in_place(const struct target *t, const struct place *p)
{
	struct stat st;

	if (is_system_path(t))
		return 1;
	if (*p->name && fstatat(p->folder, p->name, &st, AT_SYMLINK_NOFOLLOW))
		return 0;
	if (!*p->name || S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return -1;
	}
	return !S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode);
}

/* The `i`th name of a temporary file beside `path`, from 0. It is hidden, so
 * that no glob of a shell picks it up. Caller frees. */
static char *
temporary_name(const char *path, int i)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char number[16] = "";

	if (i)
		snprintf(number, sizeof(number), ".%d", i);
	return xasprintf("%.*s.%.*s%s.part", (int)(name - path), path,
	    NAME_SHOWN, name, number);
}

/*
 * Lock the temporary file `fd`. Whoever writes to one holds its lock until it
 * has its final name; so after locking, the name must still be that of this
 * file. A hard link to it could be anybody's file.
 */
static bool
lock_part(int fd, const struct place *p, const char *name)
{
	struct stat here, there;

	if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		return false;
	return fstat(fd, &here) == 0 &&
	       fstatat(p->folder, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       here.st_dev == there.st_dev && here.st_ino == there.st_ino &&
	       S_ISREG(here.st_mode) && here.st_nlink == 1;
}

/* Make the temporary file `name`, or take the one that a killed run has left.
 * -1 with errno, EEXIST: try another name. O_NONBLOCK is for a FIFO of that
 * name, which would keep the thread waiting for its reader. */
static int
open_part(const struct place *p, const char *name)
{
	const int flags =
	    O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = openat(p->folder, name, flags | O_CREAT | O_EXCL, 0666);

	if (fd < 0 && errno == EEXIST) {
		fd = openat(p->folder, name, flags);
		if (fd < 0 && !io_lacks_descriptors(errno))
			errno = EEXIST;
	}
	if (fd < 0)
		return -1;
	if (lock_part(fd, p, name) && ftruncate(fd, 0) == 0)
		return fd;
	close(fd);
	errno = EEXIST;
	return -1;
}

/* Open PATH.part with its lock, whatever is in it. -1 with errno, EBUSY or
 * EEXIST as for target_find. */
static int
open_kept(struct target *t, const struct place *p, int more_flags)
{
	const int flags =
	    O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	char *name = xasprintf("%s.part", p->name);
	int fd = openat(p->folder, name, flags | more_flags, 0666);

	if (fd >= 0 && !lock_part(fd, p, name)) {
		errno = errno == EWOULDBLOCK ? EBUSY : EEXIST;
		leave_file(&fd);
	} else if (fd < 0 && errno == ELOOP) {
		errno = EEXIST;
	}
	if (fd < 0) {
		free(name);
		return -1;
	}
	t->fd = fd;
	t->temporary = name;
	return 0;
}

/* What a run without -C leaves is of no use, and what another one has left is
 * known before (target_find): it is emptied. */
static int
open_emptied(struct target *t, const struct place *p)
{
	if (open_kept(t, p, O_CREAT) < 0)
		return -1;
	return ftruncate(t->fd, 0) < 0 ? -1 : 0;
}

/* PATH itself, which is looked at, but never written to. */
static void
look_at_whole(const struct place *p, struct target_found *found)
{
	int fd = openat(p->folder, p->name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		found->size = (uint64_t)st.st_size;
		found->mark = mark_get(fd);
		found->whole = true;
	}
	close(fd);
}

static int
find_at(struct target *t, const struct place *p, struct target_found *found)
{
	struct stat st;

	if (open_kept(t, p, 0) < 0) {
		if (errno != ENOENT)
			return -1;
		look_at_whole(p, found);
		return 0;
	}
	if (fstat(t->fd, &st) < 0 || lseek(t->fd, 0, SEEK_END) < 0)
		return -1;
	found->size = (uint64_t)st.st_size;
	found->mark = mark_get(t->fd);
	return 0;
}

int
target_find(struct target *t, struct target_found *found)
{
	struct place p;
	char *folder;
	int rc;

	*found = (struct target_found){0};
	if (is_system_path(t))
		return 0;
	folder = io_folder(t->path);
	found->unmarkable = !mark_is_possible(folder);
	free(folder);
	if (find_place(&p, t, FIND_FOLDERS) < 0)
		return errno == ENOENT ? 0 : -1;
	rc = find_at(t, &p, found);
	leave(&p);
	return rc;
}

int
target_begin(struct target *t, const char *mark)
{
	if (!t->temporary)
		return 0;
	if (ftruncate(t->fd, 0) < 0 || lseek(t->fd, 0, SEEK_SET) < 0)
		return -1;
	if (mark_set(t->fd, mark) < 0)
		mark_set(t->fd, NULL);
	return 0;
}

static int
open_temporary(struct target *t, const struct place *p)
{
	for (int i = 0; i < TEMPORARY_TRIES; i++) {
		t->temporary = temporary_name(p->name, i);
		t->fd = open_part(p, t->temporary);
		if (t->fd >= 0)
			return 0;
		free(t->temporary);
		t->temporary = NULL;
		if (errno != EEXIST)
			break;
	}
	return -1;
}

static int
open_in_place(struct target *t, const struct place *p)
{
	int flags = O_WRONLY | O_NOCTTY | O_CLOEXEC;

	if (!is_system_path(t))
		flags |= O_NOFOLLOW;
	t->fd = openat(p->folder, p->name, flags);
	return t->fd < 0 ? -1 : 0;
}

static int
open_at(struct target *t, const struct place *p)
{
	switch (is_written_in_place(t, p)) {
	case 0: return t->keeps ? open_emptied(t, p) : open_temporary(t, p);
	case 1: return open_in_place(t, p);
	default: return -1;
	}
}

int
target_open(struct target *t)
{
	struct place p;
	int rc;

	if (t->fd >= 0)
		return 0;
	if (is_system_path(t))
		p = (struct place){AT_FDCWD, t->path};
	else if (find_place(&p, t, MAKE_FOLDERS) < 0)
		return -1;
	rc = open_at(t, &p);
	leave(&p);
	return rc;
}

static int
close_file(struct target *t)
{
	int rc = t->fd < 0 ? 0 : close(t->fd);

	t->fd = -1;
	return rc;
}

/* Ask for what close(2) would report, such as a full quota on NFS, without
 * giving up the lock: close a duplicate. */
static int
check_written(const struct target *t)
{
	int copy = fcntl(t->fd, F_DUPFD_CLOEXEC, 0);

	return copy < 0 ? fsync(t->fd) : close(copy);
}

/* Give the temporary file the name, unless that is taken (EEXIST). link(2) does
 * so in one step; rename(2) would replace what is there. */
static int
name_unless_taken(
    const struct place *p, const char *temporary, const char *name)
{
	struct stat st;

	if (linkat(p->folder, temporary, p->folder, name, 0) == 0) {
		unlinkat(p->folder, temporary, 0);
		return 0;
	}
	if (errno == EEXIST)
		return -1;
	/* A file system without hard links, where two steps must do. */
	if (fstatat(p->folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	return renameat(p->folder, temporary, p->folder, name);
}

/* The file got the name FILE.`i`. */
static void
call_copy(struct target *t, int i)
{
	char *path = xasprintf("%s.%d", t->path, i);

	free(t->path);
	t->path = path;
}

/* Give the file the first of the names FILE, FILE.1, FILE.2, ... that is free.
 */
static int
commit_beside(struct target *t, const struct place *p)
{
	for (int i = 0; i <= COPIES_MAX; i++) {
		char *name =
		    i ? xasprintf("%s.%d", p->name, i) : xstrdup(p->name);
		int rc = name_unless_taken(p, t->temporary, name);

		free(name);
		if (rc == 0 && i)
			call_copy(t, i);
		if (rc == 0 || errno != EEXIST)
			return rc;
	}
	return -1;
}

static int
commit_at(struct target *t, const struct place *p)
{
	if (t->existing == TARGET_KEEPS)
		return commit_beside(t, p);
	if (t->existing == TARGET_FAILS)
		return name_unless_taken(p, t->temporary, p->name);
	return renameat(p->folder, t->temporary, p->folder, p->name);
}

void
target_rename(struct target *t, char *path)
{
	free(t->path);
	t->path = path;
}

/* Set the time of the file, if it was told; one that cannot be set is no reason
 * to lose the file. */
static void
set_time(const struct target *t)
{
	struct timespec times[2] = {
	    {.tv_nsec = UTIME_OMIT}, {.tv_sec = (time_t)t->modified_s}};

	if (t->modified_s >= 0)
		(void)!futimens(t->fd, times);
}

/* Remove what a run with -C has left of a file that is whole now; but nothing
 * that is not marked, or that another run writes to. */
static void
remove_kept(const struct place *p)
{
	struct target kept = {.fd = -1};
	char *mark;

	if (open_kept(&kept, p, 0) < 0)
		return;
	mark = mark_get(kept.fd);
	if (mark)
		unlinkat(p->folder, kept.temporary, 0);
	free(mark);
	free(kept.temporary);
	close(kept.fd);
}

int
target_commit(struct target *t)
{
	struct place p;
	int rc;

	if (!t->temporary)
		return close_file(t);
	set_time(t);
	if (check_written(t) < 0 || find_place(&p, t, FIND_FOLDERS) < 0)
		return -1;
	rc = commit_at(t, &p);
	if (rc == 0 && !t->keeps && t->existing == TARGET_REPLACES)
		remove_kept(&p);
	leave(&p);
	if (rc < 0)
		return -1;
	free(t->temporary);
	t->temporary = NULL;
	close_file(t);
	return 0;
}

void
target_abort(struct target *t)
{
	char *mark = t->keeps && t->temporary ? mark_get(t->fd) : NULL;

	if (mark) {
		close_file(t);
		free(t->temporary);
		t->temporary = NULL;
	}
	free(mark);
	target_drop(t);
}

void
target_drop(struct target *t)
{
	struct place p;

	if (t->temporary && find_place(&p, t, FIND_FOLDERS) == 0) {
		unlinkat(p.folder, t->temporary, 0);
		leave(&p);
	}
	close_file(t);
	free(t->temporary);
	t->temporary = NULL;
}
