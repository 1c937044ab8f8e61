/*
 * CRC-32 of any part of a text, each in the same short time, after one pass
 * over all of it. CRCs are linear: that of a part follows from those of what
 * ends where it begins and where it ends (zlib's crc32_combine). Pure.
 */
#ifndef GATHER_JOURNAL_SUMS_H
#define GATHER_JOURNAL_SUMS_H

#include <stddef.h>
#include <stdint.h>

enum {
	SUMS_DIGITS = 6 /* of a length, in base 256 */
};

struct sums {
	const char *data; /* borrowed */
	size_t step;      /* bytes between two marks */
	uint32_t *marks;  /* checksums of the first 0, step, 2 step... bytes */
	/* x to the power of 8 times a length, by digit and its value. */
	uint32_t powers[SUMS_DIGITS][256];
};

/* Read `data` once. Takes at most 16 MiB of memory, however long it is. */
void sums_open(struct sums *, const char *data, size_t len);
void sums_close(struct sums *);
/* What crc32(`sum`, data + from, len) would be. */
uint32_t sums_continue(
    const struct sums *, uint32_t sum, size_t from, size_t len);

#endif
