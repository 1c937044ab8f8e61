/*
 * Memory that is freed all at once: for structures of many small parts that
 * live and die together.
 */
#ifndef GATHER_BASE_POOL_H
#define GATHER_BASE_POOL_H

#include <stddef.h>

struct pool_piece;

struct pool {
	struct pool_piece *pieces;
};

void pool_init(struct pool *);
/* Frees everything that came from the pool. */
void pool_release(struct pool *);
/* `size` bytes, zeroed, aligned for any type. */
void *pool_alloc(struct pool *, size_t size);
/* The `len` bytes at `s`, and a NUL. */
char *pool_memdup0(struct pool *, const char *s, size_t len);

#endif
