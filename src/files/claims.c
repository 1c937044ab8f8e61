#include "config.h"

#include "files/claims.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/xalloc.h"
#include "files/place.h"

enum {
	FOLDERS_MAX = 1024
};

void
claims_init(struct claims *c)
{
	hash_set_init(&c->places);
	strmap_init(&c->folders);
}

void
claims_release(struct claims *c)
{
	strmap_release_owned(&c->folders);
	hash_set_release(&c->places);
}

bool
claims_is_shared_target(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
	       !S_ISDIR(st.st_mode);
}

/* Of most files the folder is that of the one before, or of many others. */
static const char *
folder_of(struct claims *c, const char *folder)
{
	char *real = strmap_get(&c->folders, folder);

	if (real)
		return real;
	if (strmap_len(&c->folders) >= FOLDERS_MAX)
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
	hash = hash_text(place.data);
	buf_release(&place);
	free(folder);
	return hash;
}

bool
claims_take(struct claims *c, const char *path)
{
	return hash_set_add(&c->places, hash_of(c, path)) ||
	       claims_is_shared_target(path);
}
