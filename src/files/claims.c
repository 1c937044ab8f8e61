/*
 * A path is resolved as far as it exists; what is missing behind that is put
 * there by name. Claims keep hashes of the resolved paths.
 */
#include "config.h"

#include "files/claims.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/xalloc.h"

enum {
	LINKS_MAX = 40,    /* as the kernel has it, path_resolution(7) */
	FOLDERS_MAX = 1024 /* remembered; beyond that all are forgotten */
};

/* --- real paths ---------------------------------------------------------- */

/* The folder above `path`, "." for "a"; *name is set to the last component.
 * The caller frees both. */
static char *
folder_above(const char *path, char **name)
{
	size_t end = strlen(path), start;

	while (end > 1 && path[end - 1] == '/')
		end--;
	start = end;
	while (start > 0 && path[start - 1] != '/')
		start--;
	*name = xmemdup0(path + start, end - start);
	return start ? xmemdup0(path, start) : xstrdup(".");
}

/* As realpath(3), but "" for the root, so that "/name" can follow on any. NULL:
 * the path does not exist, or cannot be looked at. */
static char *
real_path(const char *path)
{
	char *real = realpath(path, NULL), *copy;

	if (!real)
		return NULL;
	copy = xstrdup(strcmp(real, "/") == 0 ? "" : real);
	free(real);
	return copy;
}

/* The path of `name` in `folder`, which is freed or returned. ".." is resolved
 * by text, since a component that does not exist is no link either. */
static char *
join(char *folder, const char *name)
{
	char *slash = strrchr(folder, '/');
	char *below;

	if (!*name || strcmp(name, ".") == 0)
		return folder;
	if (strcmp(name, "..") == 0) {
		if (slash)
			*slash = '\0';
		return folder;
	}
	below = xasprintf("%s/%s", folder, name);
	free(folder);
	return below;
}

/* The real path of a folder. Components that do not exist yet follow on those
 * that do. Caller frees. */
static char *
real_folder(const char *folder)
{
	char *path = real_path(folder), *up, *name;

	if (path)
		return path;
	up = folder_above(folder, &name);
	/* The current folder has no path once it was removed. */
	path = strcmp(up, folder) == 0 ? xstrdup(".") : real_folder(up);
	path = join(path, name);
	free(up);
	free(name);
	return path;
}

/* The path to which the symbolic link `path` points; NULL: it is not a link.
 * Caller frees. */
static char *
link_target(const char *path)
{
	char text[PATH_MAX];
	ssize_t len = readlink(path, text, sizeof(text) - 1);
	char *folder, *target;

	if (len <= 0)
		return NULL;
	text[len] = '\0';
	if (*text == '/')
		return xstrdup(text);
	folder = io_folder(path);
	target = xasprintf("%s/%s", folder, text);
	free(folder);
	return target;
}

/* The real path of a file, through symbolic links to it, also where the last
 * one points to nothing so far. Caller frees. */
static char *
real_file(const char *path)
{
	char *at = xstrdup(path), *next, *folder, *name, *real;

	for (int i = 0; i < LINKS_MAX && (next = link_target(at)); i++) {
		free(at);
		at = next;
	}
	folder = folder_above(at, &name);
	real = join(real_folder(folder), name);
	free(folder);
	free(name);
	free(at);
	return real;
}

bool
claims_is_same_file(const char *one, const char *other)
{
	struct stat a, b;
	char *path, *other_path;
	bool same;

	if (stat(one, &a) == 0 && stat(other, &b) == 0)
		return S_ISREG(a.st_mode) && a.st_dev == b.st_dev &&
		       a.st_ino == b.st_ino;
	path = real_file(one);
	other_path = real_file(other);
	same = strcmp(path, other_path) == 0;
	free(path);
	free(other_path);
	return same;
}

/* --- claims ----------------------------------------------------------------
 */

void
claims_init(struct claims *c)
{
	hash_set_init(&c->paths);
	strmap_init(&c->folders);
}

void
claims_release(struct claims *c)
{
	strmap_release_owned(&c->folders);
	hash_set_release(&c->paths);
}

bool
claims_is_shared_target(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
	       !S_ISDIR(st.st_mode);
}

/* The real path of a folder, remembered, as the files of a run stand in few
 * folders. Borrowed until the next call. */
static const char *
resolve_folder(struct claims *c, const char *folder)
{
	char *real = strmap_get(&c->folders, folder);

	if (real)
		return real;
	if (strmap_len(&c->folders) >= FOLDERS_MAX)
		strmap_release_owned(&c->folders);
	real = real_folder(folder);
	strmap_set(&c->folders, folder, real);
	return real;
}

/* The hash of the real path. A link in place of the file itself is not
 * followed: saving replaces it (files/save.h). */
static uint64_t
hash_of(struct claims *c, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder =
	    slash ? xmemdup0(path, (size_t)(slash - path) + 1) : xstrdup(".");
	const char *name = slash ? slash + 1 : path;
	struct buf real = {0};
	uint64_t hash;

	buf_addf(&real, "%s/%s", resolve_folder(c, folder), name);
	hash = hash_text(real.data);
	buf_release(&real);
	free(folder);
	return hash;
}

bool
claims_take(struct claims *c, const char *path)
{
	return hash_set_add(&c->paths, hash_of(c, path)) ||
	       claims_is_shared_target(path);
}
