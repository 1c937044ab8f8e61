#include "config.h"

#include "output/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"

enum {
	COPIES_MAX = 100,     /* FILE.1 to FILE.100, as in curl */
	NAME_SHOWN = 100,     /* of the target's name in the temporary one */
	TEMPORARY_TRIES = 100 /* names left behind by killed runs */
};

void
target_init(struct target *t, char *path, bool keep)
{
	*t = (struct target){.path = path, .fd = -1, .keep = keep};
}

void
target_release(struct target *t)
{
	target_abort(t);
	free(t->path);
	t->path = NULL;
}

/* Devices are meant as they are; elsewhere a link could lead anywhere. */
static bool
is_system_path(const char *path)
{
	return strncmp(path, "/dev/", 5) == 0 ||
	       strncmp(path, "/proc/", 6) == 0;
}

static bool
is_written_in_place(const char *path)
{
	struct stat st;

	if (is_system_path(path))
		return true;
	return lstat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
	       !S_ISLNK(st.st_mode) && !S_ISDIR(st.st_mode);
}

static int
make_directory(const char *path)
{
	return mkdir(path, 0777) < 0 && errno != EEXIST ? -1 : 0;
}

/* All directories above `path`; mostly they are there. */
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

/* A new name beside `path`; hidden, so that no glob picks it up. */
static char *
temporary_name(const char *path, int i)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	return xasprintf("%.*s.%.*s.%ld-%d.part", (int)(name - path), path,
	    NAME_SHOWN, name, (long)getpid(), i);
}

static int
open_temporary(struct target *t)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;

	for (int i = 0; i < TEMPORARY_TRIES; i++) {
		t->temporary = temporary_name(t->path, i);
		t->fd = open(t->temporary, flags, 0666);
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
check_directory(const char *path)
{
	struct stat st;
	size_t len = strlen(path);

	if (len && path[len - 1] != '/' &&
	    (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode)))
		return 0;
	errno = EISDIR;
	return -1;
}

int
target_open(struct target *t)
{
	if (t->fd >= 0)
		return 0;
	if (is_written_in_place(t->path)) {
		t->fd = open(t->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
		return t->fd < 0 ? -1 : 0;
	}
	if (check_directory(t->path) < 0 || make_parents(t->path) < 0)
		return -1;
	return open_temporary(t);
}

static int
close_file(struct target *t)
{
	int rc = t->fd < 0 ? 0 : close(t->fd);

	t->fd = -1;
	return rc;
}

/* Give the temporary file the name `path` unless that is taken (EEXIST). */
static int
name_unless_taken(const char *temporary, const char *path)
{
	struct stat st;

	if (link(temporary, path) == 0) {
		unlink(temporary);
		return 0;
	}
	if (errno == EEXIST)
		return -1;
	if (lstat(path, &st) == 0) { /* a file system without links */
		errno = EEXIST;
		return -1;
	}
	return rename(temporary, path);
}

/* The first name of FILE, FILE.1, FILE.2 that is free. */
static int
commit_beside(struct target *t)
{
	for (int i = 0; i <= COPIES_MAX; i++) {
		char *path =
		    i ? xasprintf("%s.%d", t->path, i) : xstrdup(t->path);

		if (name_unless_taken(t->temporary, path) == 0) {
			free(t->path);
			t->path = path;
			return 0;
		}
		free(path);
		if (errno != EEXIST)
			return -1;
	}
	return -1;
}

int
target_commit(struct target *t)
{
	if (close_file(t) < 0)
		return -1;
	if (!t->temporary)
		return 0;
	if ((t->keep ? commit_beside(t) : rename(t->temporary, t->path)) < 0)
		return -1;
	free(t->temporary);
	t->temporary = NULL;
	return 0;
}

void
target_abort(struct target *t)
{
	close_file(t);
	if (t->temporary)
		unlink(t->temporary);
	free(t->temporary);
	t->temporary = NULL;
}
