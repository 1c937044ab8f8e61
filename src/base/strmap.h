/*
 * A hash table from strings to pointers. Keys are copied; values belong to
 * the caller.
 */
#ifndef GATHER_BASE_STRMAP_H
#define GATHER_BASE_STRMAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

struct strmap_entry {
	uint64_t hash;
	char *key;
	void *value;
};

struct strmap {
	struct hash_table table; /* of struct strmap_entry */
};

void strmap_init(struct strmap *);
/* Frees the table and its keys, not the values. */
void strmap_release(struct strmap *);
/* Frees the values, too, each by free(3). */
void strmap_release_owned(struct strmap *);
size_t strmap_len(const struct strmap *);
/* The value of `key`; NULL if there is none. */
void *strmap_get(const struct strmap *, const char *key);
/* Set or replace; returns the table's copy of the key. */
const char *strmap_set(struct strmap *, const char *key, void *value);
/* Returns the value that was there, or NULL. */
void *strmap_remove(struct strmap *, const char *key);
/* Walk: start with *at = 0; NULL when all were seen. Order is arbitrary;
 * nothing may be added or removed meanwhile. */
struct strmap_entry *strmap_next(const struct strmap *, size_t *at);

#endif
