#include "config.h"

#include "files/place.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/xalloc.h"

enum {
	LINKS_MAX = 40 /* as the kernel has it */
};

/* The path without its last component, which is set; "." of "a". */
static char *
above(const char *path, char **name)
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

/* `folder` is taken. */
static char *
enter(char *folder, const char *name)
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

char *
place_of_folder(const char *folder)
{
	char *place = real_path(folder), *up, *name;

	if (place)
		return place;
	up = above(folder, &name);
	/* A current folder that is gone has no path. */
	place = strcmp(up, folder) == 0 ? xstrdup(".") : place_of_folder(up);
	place = enter(place, name);
	free(up);
	free(name);
	return place;
}

/* To where the link `path` says; NULL: it is none. */
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

/* Of a file, through links that lead to nothing so far. */
static char *
place_of_file(const char *path)
{
	char *at = xstrdup(path), *next, *folder, *name, *place;

	for (int i = 0; i < LINKS_MAX && (next = link_target(at)); i++) {
		free(at);
		at = next;
	}
	folder = above(at, &name);
	place = enter(place_of_folder(folder), name);
	free(folder);
	free(name);
	free(at);
	return place;
}

bool
place_is_same(const char *one, const char *other)
{
	struct stat a, b;
	char *place, *another;
	bool same;

	if (stat(one, &a) == 0 && stat(other, &b) == 0)
		return S_ISREG(a.st_mode) && a.st_dev == b.st_dev &&
		       a.st_ino == b.st_ino;
	place = place_of_file(one);
	another = place_of_file(other);
	same = strcmp(place, another) == 0;
	free(place);
	free(another);
	return same;
}
