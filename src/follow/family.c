#include "config.h"

#include "follow/family.h"

#include <stdlib.h>

#include "base/strmap.h"
#include "base/xalloc.h"

enum {
	FIRST_CAP = 16
};

struct family *
family_new(void)
{
	struct family *f = xcalloc(1, sizeof(*f));

	f->refs = 1;
	return f;
}

struct family *
family_ref(struct family *f)
{
	f->refs++;
	return f;
}

void
family_unref(struct family *f)
{
	if (!f || --f->refs > 0)
		return;
	free(f->seen);
	free(f);
}

/* Where `hash` is, or would be. */
static uint64_t *
place_of(const struct family *f, uint64_t hash)
{
	size_t at = (size_t)hash & (f->seen_cap - 1);

	while (f->seen[at] && f->seen[at] != hash)
		at = (at + 1) & (f->seen_cap - 1);
	return &f->seen[at];
}

static void
grow(struct family *f)
{
	uint64_t *old = f->seen;
	size_t old_cap = f->seen_cap;

	f->seen_cap = old_cap ? 2 * old_cap : FIRST_CAP;
	f->seen = xcalloc(f->seen_cap, sizeof(*f->seen));
	for (size_t i = 0; i < old_cap; i++) {
		if (old[i])
			*place_of(f, old[i]) = old[i];
	}
	free(old);
}

bool
family_see(struct family *f, const char *url)
{
	uint64_t hash = strmap_hash(url);
	uint64_t *place;

	hash += hash == 0;
	if (2 * f->seen_len >= f->seen_cap)
		grow(f);
	place = place_of(f, hash);
	if (*place)
		return false;
	*place = hash;
	f->seen_len++;
	return true;
}
