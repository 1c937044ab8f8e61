/*
 * Random numbers by splitmix64 (Steele, Lea and Flood 2014): for jitter and for
 * samples, not for secrets. The state is any number; the same state gives the
 * same sequence.
 */
#ifndef GATHER_BASE_RANDOM_H
#define GATHER_BASE_RANDOM_H

#include <stdint.h>

/* Returns the next 64 random bits. */
static inline uint64_t
random_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

/* Returns a random number below `n`, which is at least 1 and far below 2^32, so
 * that the bias can be ignored. */
static inline uint64_t
random_below(uint64_t *state, uint64_t n)
{
	return (random_next(state) >> 32) * n >> 32;
}

#endif
