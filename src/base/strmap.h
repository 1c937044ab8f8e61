/*
 * A map from strings to pointers, as a hash table. Keys are copied; values
 * belong to the caller.
 */
#ifndef GATHER_BASE_STRMAP_H
#define GATHER_BASE_STRMAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

struct strmap_entry {
	uint64_t hash; /* of the key */
	char *key;     /* owned by the map */
	void *value;   /* the caller's */
};

struct strmap {
	struct hash_table table; /* of struct strmap_entry */
};

/* Initialise an empty map. */
void strmap_init(struct strmap *);
/* Free the table and its keys, but not the values. */
void strmap_release(struct strmap *);
/* Free the table, its keys, and the values, each by free(3). */
void strmap_release_owned(struct strmap *);
/* Returns the number of keys. */
size_t strmap_len(const struct strmap *);
/* Returns the value of `key`; NULL: there is none. */
void *strmap_get(const struct strmap *, const char *key);
/* Set the value of `key`, new or not. Returns the map's copy of the key, which
 * lives as long as the entry. */
const char *strmap_set(struct strmap *, const char *key, void *value);
/* Remove `key`. Returns the value that it had; NULL: there was none. */
void *strmap_remove(struct strmap *, const char *key);
/* Walk over all entries: start with *at = 0 and call it until it returns NULL.
 * The order is arbitrary; nothing may be added or removed meanwhile. */
struct strmap_entry *strmap_next(const struct strmap *, size_t *at);

#endif
