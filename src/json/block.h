/*
 * Sixteen bytes of a text at a time: which of them are of a kind, as a set of
 * bits, bit 0 for the first byte. A block may be read where a whole one is left
 * (block_fits).
 *
 * Where the compiler knows SSE2 (any x86-64) the sets come from it; elsewhere
 * from two 64-bit words, by the functions portable_*, which give the same sets
 * on any machine.
 */
#ifndef GATHER_JSON_BLOCK_H
#define GATHER_JSON_BLOCK_H

#include <stdbool.h>
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
	BLOCK = 16,        /* bytes */
	BLOCK_ALL = 0xFFFF /* the set of all of them */
};

static inline bool
block_fits(const char *at, const char *end)
{
	return end - at >= BLOCK;
}

/* The place of the first byte of a set; BLOCK if the set is empty. */
static inline unsigned
block_first(uint32_t set)
{
	return (unsigned)__builtin_ctz(set | 1U << BLOCK);
}

/* --- by words, on any machine ------------------------------------------------
 *
 * No carry leaves a byte in what follows, so that each bit is exact. A byte is
 * marked by its highest bit.
 */

#define PORTABLE_EACH(c) (UINT64_C(0x0101010101010101) * (c))
#define PORTABLE_MARKS   PORTABLE_EACH(0x80)

/* Load eight bytes, the first one lowest, whatever the byte order of the
 * machine. Compilers make one load of it where they can. */
static inline uint64_t
portable_load(const char *at)
{
	const unsigned char *b = (const unsigned char *)at;

	return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 |
	       (uint64_t)b[3] << 24 | (uint64_t)b[4] << 32 |
	       (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 |
	       (uint64_t)b[7] << 56;
}

/* Mark the bytes that are `least` or more, which is 0x80 at most. */
static inline uint64_t
portable_least(uint64_t word, unsigned least)
{
	return (((word & ~PORTABLE_MARKS) + PORTABLE_EACH(0x80U - least)) |
	           word) &
	       PORTABLE_MARKS;
}

/* Mark the bytes that are `c`. */
static inline uint64_t
portable_equal(uint64_t word, char c)
{
	return portable_least(word ^ PORTABLE_EACH((unsigned char)c), 1) ^
	       PORTABLE_MARKS;
}

/* Gather the marks of a word into a set of eight bits. */
static inline uint32_t
portable_set(uint64_t marks)
{
	return (uint32_t)(((marks >> 7) * UINT64_C(0x0102040810204080)) >> 56);
}

/* A function of a block from one that marks bytes of a word. */
#define PORTABLE_BLOCK(name)                                                   \
	static inline uint32_t portable_##name(const char *at)                 \
	{                                                                      \
		return portable_set(portable_mark_##name(portable_load(at))) | \
		       portable_set(                                           \
		           portable_mark_##name(portable_load(at + 8)))        \
		           << 8;                                               \
	}

static inline uint64_t
portable_mark_stops(uint64_t word)
{
	return (portable_least(word, 0x20) ^ PORTABLE_MARKS) |
	       (word & PORTABLE_MARKS) | portable_equal(word, '"') |
	       portable_equal(word, '\\');
}

static inline uint64_t
portable_mark_quotes(uint64_t word)
{
	return portable_equal(word, '"');
}

static inline uint64_t
portable_mark_slashes(uint64_t word)
{
	return portable_equal(word, '\\');
}

static inline uint64_t
portable_mark_blanks(uint64_t word)
{
	return portable_equal(word, ' ') | portable_equal(word, '\n') |
	       portable_equal(word, '\r') | portable_equal(word, '\t');
}

static inline uint64_t
portable_mark_digits(uint64_t word)
{
	return portable_least(word, '0') & ~portable_least(word, '9' + 1);
}

static inline uint64_t
portable_mark_deletes(uint64_t word)
{
	return portable_equal(word, 0x7F);
}

PORTABLE_BLOCK(stops)
PORTABLE_BLOCK(quotes)
PORTABLE_BLOCK(slashes)
PORTABLE_BLOCK(blanks)
PORTABLE_BLOCK(digits)
PORTABLE_BLOCK(deletes)

/* --- what callers use ----------------------------------------------------- */

#ifdef __SSE2__

static inline __m128i
block_load(const char *at)
{
	return _mm_loadu_si128((const __m128i *)(const void *)at);
}

static inline __m128i
block_equal(__m128i block, char c)
{
	return _mm_cmpeq_epi8(block, _mm_set1_epi8(c));
}

/* What a string cannot hold as it is, and what is not ASCII: controls, a quote,
 * a backslash, bytes of 0x80 and more, which are negative here. */
static inline uint32_t
block_stops(const char *at)
{
	__m128i block = block_load(at);
	__m128i stops = _mm_cmplt_epi8(block, _mm_set1_epi8(0x20));

	stops = _mm_or_si128(stops, block_equal(block, '"'));
	stops = _mm_or_si128(stops, block_equal(block, '\\'));
	return (uint32_t)_mm_movemask_epi8(stops);
}

/* Quotes. */
static inline uint32_t
block_quotes(const char *at)
{
	return (uint32_t)_mm_movemask_epi8(block_equal(block_load(at), '"'));
}

/* Backslashes. */
static inline uint32_t
block_slashes(const char *at)
{
	return (uint32_t)_mm_movemask_epi8(block_equal(block_load(at), '\\'));
}

/* Whitespace between tokens. */
static inline uint32_t
block_blanks(const char *at)
{
	__m128i block = block_load(at);
	__m128i in_line =
	    _mm_or_si128(block_equal(block, ' '), block_equal(block, '\t'));
	__m128i ends =
	    _mm_or_si128(block_equal(block, '\n'), block_equal(block, '\r'));

	return (uint32_t)_mm_movemask_epi8(_mm_or_si128(in_line, ends));
}

/* Decimal digits. */
static inline uint32_t
block_digits(const char *at)
{
	__m128i from_0 = _mm_sub_epi8(block_load(at), _mm_set1_epi8('0'));
	__m128i most_9 = _mm_min_epu8(from_0, _mm_set1_epi8(9));

	return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(from_0, most_9));
}

/* The control character DEL. */
static inline uint32_t
block_deletes(const char *at)
{
	return (uint32_t)_mm_movemask_epi8(block_equal(block_load(at), 0x7F));
}

#else

#define block_stops   portable_stops
#define block_quotes  portable_quotes
#define block_slashes portable_slashes
#define block_blanks  portable_blanks
#define block_digits  portable_digits
#define block_deletes portable_deletes

#endif

#endif
