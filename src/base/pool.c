/* Each allocation is a piece of its own, linked to the one before it. */
#include "config.h"

#include "base/pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

struct pool_piece {
	struct pool_piece *next;
	max_align_t bytes[];
};

void
pool_init(struct pool *pool)
{
	pool->pieces = NULL;
}

void
pool_release(struct pool *pool)
{
	while (pool->pieces) {
		struct pool_piece *piece = pool->pieces;

		pool->pieces = piece->next;
		free(piece);
	}
}

void *
pool_alloc(struct pool *pool, size_t size)
{
	struct pool_piece *piece;

	if (size > SIZE_MAX - sizeof(*piece))
		die("out of memory");
	piece = xcalloc(1, sizeof(*piece) + size);
	piece->next = pool->pieces;
	pool->pieces = piece;
	return piece->bytes;
}

char *
pool_memdup0(struct pool *pool, const char *s, size_t len)
{
	char *copy = pool_alloc(pool, len + 1);

	if (len)
		memcpy(copy, s, len);
	return copy;
}
