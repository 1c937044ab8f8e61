/* A growable list of strings that it owns. */
#ifndef GATHER_BASE_STRLIST_H
#define GATHER_BASE_STRLIST_H

#include <stddef.h>

struct strlist {
	char **items;
	size_t len;
	size_t cap;
};

void strlist_init(struct strlist *);
void strlist_release(struct strlist *);
void strlist_add(struct strlist *, const char *copied);
/* Takes ownership. */
void strlist_add_owned(struct strlist *, char *s);
/* `to` must be empty. */
void strlist_copy(struct strlist *to, const struct strlist *from);
/* Remove item `i`, keeping the order of the others. */
void strlist_remove(struct strlist *, size_t i);

#endif
