/*
 * Checksums as polynomials over GF(2): that of "AB" is that of "A" times x to
 * the power of 8 times the length of "B", plus that of "B" begun with 0. So two
 * checksums from the beginning give that of what stands between.
 */
#include "config.h"

#include "journal/sums.h"

#include <stdlib.h>

#include <zlib.h>

#include "base/xalloc.h"

enum {
	STEP_MIN = 64,      /* bytes that may be read for one answer */
	MARKS_MAX = 4 << 20 /* marks, of four bytes each */
};

/* Polynomials over GF(2), as CRC-32 has them: the highest bit is x^0. */
#define ONE       UINT32_C(0x80000000)
#define X_TO_8    UINT32_C(0x00800000)
#define GENERATOR UINT32_C(0xedb88320)

/* a times b modulo the generator; a is not 0. */
static uint32_t
multiply(uint32_t a, uint32_t b)
{
	uint32_t product = 0;

	for (; a; a <<= 1) {
		if (a & ONE)
			product ^= b;
		b = b & 1 ? (b >> 1) ^ GENERATOR : b >> 1;
	}
	return product;
}

/* x to the power of 8 times each digit of a length, in base 256. */
static void
fill_powers(struct sums *s)
{
	uint32_t base = X_TO_8;

	for (size_t digit = 0; digit < SUMS_DIGITS; digit++) {
		uint32_t *powers = s->powers[digit];

		powers[0] = ONE;
		for (size_t i = 1; i < 256; i++)
			powers[i] = multiply(powers[i - 1], base);
		base = multiply(powers[255], base);
	}
}

/* x to the power of 8 times `len`: by which a checksum is multiplied when `len`
 * bytes follow. */
static uint32_t
power_of(const struct sums *s, uint64_t len)
{
	uint32_t power = s->powers[0][len & 255];

	for (size_t digit = 1; (len >>= 8) && digit < SUMS_DIGITS; digit++)
		if (len & 255)
			power = multiply(s->powers[digit][len & 255], power);
	return power;
}

static uint32_t
crc(uint32_t sum, const char *data, size_t len)
{
	return (uint32_t)crc32_z(sum, (const unsigned char *)data, len);
}

void
sums_open(struct sums *s, const char *data, size_t len)
{
	size_t marks;

	s->data = data;
	s->step = len / MARKS_MAX < STEP_MIN ? STEP_MIN : len / MARKS_MAX + 1;
	marks = len / s->step + 1;
	s->marks = xreallocarray(NULL, marks, sizeof(*s->marks));
	s->marks[0] = 0;
	for (size_t i = 1; i < marks; i++)
		s->marks[i] =
		    crc(s->marks[i - 1], data + (i - 1) * s->step, s->step);
	fill_powers(s);
}

void
sums_close(struct sums *s)
{
	free(s->marks);
}

/* The checksum of the first `len` bytes: from the mark before it. */
static uint32_t
sum_before(const struct sums *s, size_t len)
{
	size_t mark = len / s->step;

	return crc(
	    s->marks[mark], s->data + mark * s->step, len - mark * s->step);
}

uint32_t
sums_continue(const struct sums *s, uint32_t sum, size_t from, size_t len)
{
	return multiply(power_of(s, len), sum ^ sum_before(s, from)) ^
	       sum_before(s, from + len);
}
