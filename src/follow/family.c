#include "config.h"

#include "follow/family.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/xalloc.h"

struct family *
family_new(void)
{
	struct family *f = xcalloc(1, sizeof(*f));

	f->refs = 1;
	hash_set_init(&f->seen);
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
	hash_set_release(&f->seen);
	free(f);
}

bool
family_see(struct family *f, const char *url)
{
	return hash_set_add(&f->seen, hash_text(url));
}
