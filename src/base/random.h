/*
 * splitmix64: spread, not secrecy. The state is any number; the same state
 * gives the same row of numbers.
 */
#ifndef GATHER_BASE_RANDOM_H
#define GATHER_BASE_RANDOM_H

#include <stdint.h>

static inline uint64_t
random_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

/* Below `n` (>= 1); n is far below 2^32, so the bias is none to speak of. */
static inline uint64_t
random_below(uint64_t *state, uint64_t n)
{
	return (random_next(state) >> 32) * n >> 32;
}

#endif
