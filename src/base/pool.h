/*
 * Memory that is freed all at once: for structures of many small parts that
 * live and die together.
 */
#ifndef GATHER_BASE_POOL_H
#define GATHER_BASE_POOL_H

#include <stddef.h>

struct pool_piece;

struct pool {
	struct pool_piece *pieces; /* the newest first */
};

/* Initialise a pool of which nothing was allocated. */
void pool_init(struct pool *);
/* Free everything that came from the pool. */
void pool_release(struct pool *);
/* Allocate `size` bytes, zeroed and aligned for any type. */
void *pool_alloc(struct pool *, size_t size);
/* Allocate a copy of the `len` bytes at `s`, and a NUL. */
char *pool_memdup0(struct pool *, const char *s, size_t len);

#endif
