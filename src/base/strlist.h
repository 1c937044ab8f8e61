/* A growable list of strings that it owns. */
#ifndef GATHER_BASE_STRLIST_H
#define GATHER_BASE_STRLIST_H

#include <stdbool.h>
#include <stddef.h>

/* Zero initialises it. */
struct strlist {
	char **items; /* owned, and so is each of them; NULL of an empty list */
	size_t len;
	size_t cap;
};

void strlist_init(struct strlist *);
/* Free all strings and leave the list empty. */
void strlist_release(struct strlist *);
/* Add a copy of a string at the end. */
void strlist_add(struct strlist *, const char *copied);
/* Add `s` at the end; the list owns it from here on. */
void strlist_add_owned(struct strlist *, char *s);
/* Add copies of all strings of `from` to `to`. */
void strlist_copy(struct strlist *to, const struct strlist *from);
/* Is one of the items equal to `s`? */
bool strlist_has(const struct strlist *, const char *s);
/* Remove item `i`, keeping the order of the others. */
void strlist_remove(struct strlist *, size_t i);

#endif
