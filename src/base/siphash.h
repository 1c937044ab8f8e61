/*
 * SipHash-2-4 with 128 bits (Aumasson and Bernstein 2012; github.com/veorq/
 * SipHash): a hash that nobody who lacks the key can make collide, for bytes
 * that others have chosen. base/hash.h has a faster one for all else.
 */
#ifndef GATHER_BASE_SIPHASH_H
#define GATHER_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t words[2]; /* random */
};

struct siphash {
	uint64_t words[2]; /* the first 8 bytes of the hash, and the others,
	                    * as little-endian numbers */
};

/* Returns the hash of `len` bytes. */
struct siphash siphash_of(
    const struct siphash_key *, const char *bytes, size_t len);

#endif
