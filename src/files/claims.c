#include "config.h"

#include "files/claims.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "files/place.h"

enum {
	SMALLEST = 64,
	FOLDERS_MAX = 1024
};

void
claims_init(struct claims *c)
{
	*c = (struct claims){0};
	strmap_init(&c->folders);
}

void
claims_release(struct claims *c)
{
	strmap_release_owned(&c->folders);
	free(c->hashes);
	claims_init(c);
}

bool
claims_is_common(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
	       !S_ISDIR(st.st_mode);
}

/* False: it stands there already. */
static bool
insert(struct claims *c, uint64_t hash)
{
	size_t mask = c->cap - 1;
	size_t i = (size_t)hash & mask;

	while (c->hashes[i] && c->hashes[i] != hash)
		i = (i + 1) & mask;
	if (c->hashes[i])
		return false;
	c->hashes[i] = hash;
	c->len++;
	return true;
}

static void
grow(struct claims *c)
{
	struct claims old = *c;

	c->cap = old.cap ? old.cap * 2 : SMALLEST;
	c->len = 0;
	c->hashes = xcalloc(c->cap, sizeof(*c->hashes));
	for (size_t i = 0; i < old.cap; i++)
		if (old.hashes[i])
			insert(c, old.hashes[i]);
	free(old.hashes);
}

/* Of most files the folder is that of the one before, or of many others. */
static const char *
folder_of(struct claims *c, const char *folder)
{
	char *real = strmap_get(&c->folders, folder);

	if (real)
		return real;
	if (c->folders.len >= FOLDERS_MAX)
		strmap_release_owned(&c->folders);
	real = place_of_folder(folder);
	strmap_set(&c->folders, folder, real);
	return real;
}

/* Its place, however it is spelled. */
static uint64_t
hash_of(struct claims *c, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder =
	    slash ? xmemdup0(path, (size_t)(slash - path) + 1) : xstrdup(".");
	const char *name = slash ? slash + 1 : path;
	struct buf place = {0};
	uint64_t hash;

	buf_addf(&place, "%s/%s", folder_of(c, folder), name);
	hash = strmap_hash(place.data);
	buf_release(&place);
	free(folder);
	return hash;
}

bool
claims_take(struct claims *c, const char *path)
{
	uint64_t hash = hash_of(c, path);

	if ((c->len + 1) * 4 > c->cap * 3)
		grow(c);
	return insert(c, hash ? hash : 1) || claims_is_common(path);
}
