/* The names of variables and constants are those of the paper. */
#include "config.h"

#include "base/siphash.h"

enum {
	C_ROUNDS = 2,
	D_ROUNDS = 4,
	WORD = 8 /* bytes */
};

struct state {
	uint64_t v0, v1, v2, v3;
};

static uint64_t
rotate_left(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static void
do_round(struct state *s)
{
	s->v0 += s->v1;
	s->v2 += s->v3;
	s->v1 = rotate_left(s->v1, 13) ^ s->v0;
	s->v3 = rotate_left(s->v3, 16) ^ s->v2;
	s->v0 = rotate_left(s->v0, 32);
	s->v2 += s->v1;
	s->v0 += s->v3;
	s->v1 = rotate_left(s->v1, 17) ^ s->v2;
	s->v3 = rotate_left(s->v3, 21) ^ s->v0;
	s->v2 = rotate_left(s->v2, 32);
}

static void
do_rounds(struct state *s, int count)
{
	while (count--)
		do_round(s);
}

/* The little-endian number that `len` bytes are, at most 8. */
static uint64_t
number_of(const char *bytes, size_t len)
{
	uint64_t n = 0;

	while (len--)
		n = n << 8 | (unsigned char)bytes[len];
	return n;
}

static void
add_word(struct state *s, uint64_t m)
{
	s->v3 ^= m;
	do_rounds(s, C_ROUNDS);
	s->v0 ^= m;
}

static uint64_t
finish_word(struct state *s)
{
	do_rounds(s, D_ROUNDS);
	return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

struct siphash
siphash_of(const struct siphash_key *key, const char *bytes, size_t len)
{
	const uint64_t k0 = key->words[0], k1 = key->words[1];
	struct state s = {
	    .v0 = k0 ^ UINT64_C(0x736f6d6570736575),
	    .v1 = k1 ^ UINT64_C(0x646f72616e646f6d) ^ 0xEE,
	    .v2 = k0 ^ UINT64_C(0x6c7967656e657261),
	    .v3 = k1 ^ UINT64_C(0x7465646279746573),
	};
	struct siphash hash;
	size_t at = 0;

	for (; len - at >= WORD; at += WORD)
		add_word(&s, number_of(bytes + at, WORD));
	add_word(&s, number_of(bytes + at, len - at) | (uint64_t)len << 56);
	s.v2 ^= 0xEE;
	hash.words[0] = finish_word(&s);
	s.v1 ^= 0xDD;
	hash.words[1] = finish_word(&s);
	return hash;
}
