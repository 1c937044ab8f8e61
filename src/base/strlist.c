/* The list of strings. */
#include "config.h"

#include "base/strlist.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

void
strlist_init(struct strlist *l)
{
	*l = (struct strlist){0};
}

void
strlist_release(struct strlist *l)
{
	for (size_t i = 0; i < l->len; i++)
		free(l->items[i]);
	free(l->items);
	strlist_init(l);
}

void
strlist_add(struct strlist *l, const char *copied)
{
	strlist_add_owned(l, xstrdup(copied));
}

void
strlist_add_owned(struct strlist *l, char *s)
{
	if (l->len == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 8;
		l->items = xreallocarray(l->items, l->cap, sizeof(*l->items));
	}
	l->items[l->len++] = s;
}

void
strlist_copy(struct strlist *to, const struct strlist *from)
{
	for (size_t i = 0; i < from->len; i++)
		strlist_add(to, from->items[i]);
}

bool
strlist_has(const struct strlist *l, const char *s)
{
	for (size_t i = 0; i < l->len; i++)
		if (strcmp(l->items[i], s) == 0)
			return true;
	return false;
}

void
strlist_remove(struct strlist *l, size_t i)
{
	free(l->items[i]);
	l->len--;
	memmove(
	    l->items + i, l->items + i + 1, (l->len - i) * sizeof(*l->items));
}
