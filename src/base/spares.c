/* A list of free objects, linked through their first bytes. */
#include "config.h"

#include "base/spares.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum {
	SPARES_MAX = 256
};

/* A run may have had very many at once; their memory is not kept. Where an
 * address sanitizer looks for uses after free, none is kept. */
static bool
keeps_more(const struct spares *s)
{
#ifdef __SANITIZE_ADDRESS__
	(void)s;
	return false;
#else
	return s->len < SPARES_MAX;
#endif
}

void
spares_init(struct spares *s, size_t size)
{
	*s = (struct spares){.size = size};
}

static void *
pop(struct spares *s)
{
	void *object = s->first;

	memcpy(&s->first, object, sizeof(s->first));
	s->len--;
	return object;
}

void
spares_release(struct spares *s)
{
	while (s->first)
		free(pop(s));
}

void *
spares_take(struct spares *s)
{
	return s->first ? memset(pop(s), 0, s->size) : xcalloc(1, s->size);
}

void
spares_give(struct spares *s, void *object)
{
	if (!object || !keeps_more(s)) {
		free(object);
		return;
	}
	memcpy(object, &s->first, sizeof(s->first));
	s->first = object;
	s->len++;
}
