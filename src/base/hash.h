/*
 * The hash function of the program: FNV-1a with 64 bits
 * (http://www.isthe.com/chongo/tech/comp/fnv). It spreads well and is no
 * defence against keys that somebody chose to collide.
 *
 * Its values stand in journals and in file names: they must never change.
 */
#ifndef GATHER_BASE_HASH_H
#define GATHER_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The hash of no bytes, from which hash_add() goes on. */
#define HASH_START UINT64_C(14695981039346656037)

/* The hash of what `hash` is the hash of, followed by `len` bytes. */
static inline uint64_t
hash_add(uint64_t hash, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash =
		    (hash ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
	return hash;
}

/* The hash of `len` bytes, its upper half folded into the lower one, which
 * tables take their index from. */
static inline uint64_t
hash_bytes(const char *bytes, size_t len)
{
	uint64_t hash = hash_add(HASH_START, bytes, len);

	return hash ^ hash >> 32;
}

/* hash_bytes() of a string without its NUL. */
static inline uint64_t
hash_text(const char *text)
{
	return hash_bytes(text, strlen(text));
}

#endif
