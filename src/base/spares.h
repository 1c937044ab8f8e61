/*
 * Objects of one type that come and go with each request: a few that were freed
 * are kept, so that most of them cost no allocation. They belong to whoever
 * makes the objects, never to several threads.
 */
#ifndef GATHER_BASE_SPARES_H
#define GATHER_BASE_SPARES_H

#include <stddef.h>

struct spares {
	size_t size; /* bytes of an object */
	size_t len;
	void *first; /* begins with a pointer to the next one; NULL: none */
};

/* Keep none so far, of objects of `size` bytes, which hold a pointer at
 * least. */
void spares_init(struct spares *, size_t size);
/* Free those that are kept. */
void spares_release(struct spares *);
/* Returns an object, all bytes zero. */
void *spares_take(struct spares *);
/* Take back an object of spares_take; NULL is fine. */
void spares_give(struct spares *, void *object);

#endif
