/*
 * The hash function of the program, and the hash table that everything is made
 * of that looks things up by a hash: sets of 64-bit hashes (below), maps from
 * strings (base/strmap.h), the index of a journal.
 *
 * The function is FNV-1a with 64 bits
 * (http://www.isthe.com/chongo/tech/comp/fnv). It spreads well and is no
 * defence against keys that somebody chose to collide. Its values stand in
 * journals and in file names: they must never change.
 */
#ifndef GATHER_BASE_HASH_H
#define GATHER_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The hash of no bytes, from which hash_add() goes on. */
#define HASH_START UINT64_C(14695981039346656037)

/* Continue a hash: returns that of the bytes so far, whose hash is `hash`, and
 * `len` more. */
static inline uint64_t
hash_add(uint64_t hash, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash =
		    (hash ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
	return hash;
}

/* Returns the hash of `len` bytes. Its upper half is folded into the lower one,
 * from which tables take their index. */
static inline uint64_t
hash_bytes(const char *bytes, size_t len)
{
	uint64_t hash = hash_add(HASH_START, bytes, len);

	return hash ^ hash >> 32;
}

/* Returns hash_bytes() of a string without its NUL. */
static inline uint64_t
hash_text(const char *text)
{
	return hash_bytes(text, strlen(text));
}

/*
 * Returns the hash of a number, which no other number has. A number is no hash
 * of itself: consecutive ones, as inputs have, would stand in one row without a
 * gap, and whoever removes the first would look at all of them.
 */
static inline uint64_t
hash_number(uint64_t n)
{
	/* 2^64 divided by the golden ratio. */
	n *= UINT64_C(0x9e3779b97f4a7c15);
	return n ^ n >> 32;
}

/*
 * A hash table with open addressing and linear probing, at most three quarters
 * full.
 *
 * An entry is a struct of the owner's, copied by the table as it grows; its
 * first member is `uint64_t hash`, which the table sets. A hash of 0 marks a
 * free place, so a key whose hash is 0 is kept as 1. Where `is_match` is NULL
 * a hash stands for its key, and equal hashes are the same entry.
 */
struct hash_table {
	unsigned char *entries; /* `cap` of them, side by side */
	size_t entry_size;      /* bytes */
	size_t cap;             /* a power of two, or 0 */
	size_t len;             /* entries that are in use */
	bool (*is_match)(const void *entry, const void *key); /* or NULL */
};

/* Initialise a table without entries; `entry_size` is a multiple of 8. */
void hash_table_init(struct hash_table *, size_t entry_size,
    bool (*is_match)(const void *entry, const void *key));
/* Free the table's own memory and leave it empty, ready to be used again. What
 * entries point to is the owner's to free before. */
void hash_table_release(struct hash_table *);
/* Returns the entry of `key`, whose hash is `hash`; NULL: there is none. The
 * pointer is good until an entry is added or removed. */
void *hash_table_find(
    const struct hash_table *, uint64_t hash, const void *key);
/* Returns the entry of `key`, made if there is none: then `len` has grown, and
 * all of the entry but its hash is zero, for the caller to fill in. */
void *hash_table_add(struct hash_table *, uint64_t hash, const void *key);
/* Remove `entry`, which hash_table_find() has returned. */
void hash_table_remove(struct hash_table *, void *entry);
/* Walk over all entries: start with *at = 0 and call it until it returns NULL.
 * The order is arbitrary; nothing may be added or removed meanwhile. */
void *hash_table_next(const struct hash_table *, size_t *at);

/* A set of hashes, which takes 8 bytes for each and some room to grow. */
struct hash_set {
	struct hash_table table;
};

void hash_set_init(struct hash_set *);
void hash_set_release(struct hash_set *);
/* Is `hash` in the set? */
bool hash_set_has(const struct hash_set *, uint64_t hash);
/* Add `hash`. Returns false if it was in the set already. */
bool hash_set_add(struct hash_set *, uint64_t hash);

#endif
