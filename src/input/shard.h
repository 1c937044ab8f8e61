/*
 * --shard I/N[:line]: which inputs belong to one of N runs that all read the
 * same list. Pure.
 *
 * The share of a request is the hash of its origin, modulo N: the hash is
 * hash_text() (base/hash.h: FNV-1a with 64 bits, the upper half folded into the
 * lower one) of the origin as request/url.h writes it, "https://host:port".
 * With ":line", and for what is no valid request and so has no origin, it is
 * the number of the input, modulo N. Machines with different versions share a
 * list, so neither must ever change.
 *
 * The index counts modulo N, too: 0 to N-1 and 1 to N are the same shares.
 */
#ifndef GATHER_INPUT_SHARD_H
#define GATHER_INPUT_SHARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum {
	SHARD_MAX = 1000000 /* shards of a list */
};

struct shard {
	uint64_t index; /* below `count` */
	uint64_t count; /* 0: the list is not divided */
	bool by_line;
};

/* Read "I/N" or "I/N:line". -1 with *cause set to what is wrong (caller frees):
 * I must be from 0 to N, and N from 1 to SHARD_MAX. */
int shard_parse(struct shard *, const char *text, char **cause);
/* Append the shard as shard_parse reads it; 0 and N are the same shard, and
 * appear as 0. */
void shard_add_text(const struct shard *, struct buf *out);
/* Does the input number `n`, whose origin is `origin`, belong to the shard?
 * NULL: it has none, since it is no valid request. */
bool shard_has(const struct shard *, const char *origin, uint64_t n);
/*
 * What the shard may use of a `whole` that all shards use together, such as
 * the requests of a rate: all parts add up to `whole`, and no two of them
 * differ by more than 1. The remainder goes to the lowest indices.
 */
uint64_t shard_part(const struct shard *, uint64_t whole);
/* How many of the numbers 1 to `count` are the shard's by number. */
uint64_t shard_count(const struct shard *, uint64_t count);

#endif
