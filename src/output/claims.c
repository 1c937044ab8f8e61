#include "config.h"

#include "output/claims.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/strmap.h"
#include "base/xalloc.h"

enum {
	SMALLEST = 64
};

void
claims_init(struct claims *c)
{
	*c = (struct claims){0};
}

void
claims_release(struct claims *c)
{
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

bool
claims_take(struct claims *c, const char *path)
{
	uint64_t hash = strmap_hash(path);

	if ((c->len + 1) * 4 > c->cap * 3)
		grow(c);
	return insert(c, hash ? hash : 1) || claims_is_common(path);
}
