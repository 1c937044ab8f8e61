/*
 * A hash table from strings to pointers. Keys are copied; values belong to
 * the caller.
 */
#ifndef GATHER_BASE_STRMAP_H
#define GATHER_BASE_STRMAP_H

#include <stddef.h>
#include <stdint.h>

struct strmap_entry {
	char *key; /* NULL: a free place */
	void *value;
	uint64_t hash;
};

struct strmap {
	struct strmap_entry *entries;
	size_t cap; /* a power of two, or 0 */
	size_t len;
};

void strmap_init(struct strmap *);
/* Frees the table and its keys, not the values. */
void strmap_release(struct strmap *);
/* Frees the values, too, each by free(3). */
void strmap_release_owned(struct strmap *);
/* The value of `key`; NULL if there is none. */
void *strmap_get(const struct strmap *, const char *key);
/* Set or replace; returns the table's copy of the key. */
const char *strmap_set(struct strmap *, const char *key, void *value);
/* Returns the value that was there, or NULL. */
void *strmap_remove(struct strmap *, const char *key);
/* Walk: start with *at = 0; NULL when all were seen. Order is arbitrary;
 * nothing may be added or removed meanwhile. */
struct strmap_entry *strmap_next(const struct strmap *, size_t *at);

/* 64-bit FNV-1a: good for spreading, no defence against chosen keys. */
uint64_t strmap_hash(const char *key);

#endif
