/*
 * The hash table of the program: open addressing with linear probing, at most
 * three quarters full. Everything else that looks things up by a hash is made
 * of it: sets of 64-bit hashes (below), maps from strings (base/strmap.h), the
 * index of a journal.
 *
 * An entry is a struct of the owner's, copied by the table as it grows; its
 * first member is `uint64_t hash`, which the table sets. A hash of 0 marks a
 * free place, so a key whose hash is 0 is kept as 1. Where `is_match` is NULL
 * a hash stands for its key, and equal hashes are the same entry.
 */
#ifndef GATHER_BASE_HASH_TABLE_H
#define GATHER_BASE_HASH_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hash_table {
	unsigned char *entries;
	size_t entry_size;
	size_t cap; /* a power of two, or 0 */
	size_t len;
	bool (*is_match)(const void *entry, const void *key);
};

/* `entry_size` is a multiple of 8. */
void hash_table_init(struct hash_table *, size_t entry_size,
    bool (*is_match)(const void *entry, const void *key));
/* Frees the table's own memory and leaves it empty, ready to be used again. */
void hash_table_release(struct hash_table *);
/* The entry of `key`, whose hash is `hash`; NULL if there is none. The pointer
 * is good until an entry is added or removed. */
void *hash_table_find(
    const struct hash_table *, uint64_t hash, const void *key);
/* The same, but made if there is none: `len` has grown then, and the rest of
 * the entry is zero, for the caller to fill in. */
void *hash_table_add(struct hash_table *, uint64_t hash, const void *key);
/* `entry` is what hash_table_find() returned. */
void hash_table_remove(struct hash_table *, void *entry);
/* Walk: start with *at = 0; NULL when all were seen. Order is arbitrary;
 * nothing may be added or removed meanwhile. */
void *hash_table_next(const struct hash_table *, size_t *at);

/* A set of hashes: 8 bytes each. */
struct hash_set {
	struct hash_table table;
};

void hash_set_init(struct hash_set *);
void hash_set_release(struct hash_set *);
/* False: `hash` was in the set already. */
bool hash_set_add(struct hash_set *, uint64_t hash);

#endif
