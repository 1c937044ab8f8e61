/* SHA-256 (FIPS 180-4). */
#ifndef GATHER_BASE_SHA256_H
#define GATHER_BASE_SHA256_H

#include <stddef.h>

enum {
	SHA256_SIZE = 32
};

/* Of the `len` bytes at `data`. */
void sha256(unsigned char digest[SHA256_SIZE], const char *data, size_t len);

#endif
