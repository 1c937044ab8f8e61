/* Three bytes become four characters, the last ones with padding; and back. */
#include "config.h"

#include "text/base64.h"

#include <stdint.h>

#include "text/ascii.h"

/* Encode the first of `len` bytes, three at most, as four characters. */
static void
encode_group(char out[4], const unsigned char *in, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                             "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = (unsigned)in[0] << 16;

	if (len > 1)
		bits |= (unsigned)in[1] << 8;
	if (len > 2)
		bits |= in[2];
	out[0] = digits[bits >> 18];
	out[1] = digits[bits >> 12 & 63];
	out[2] = len > 1 ? digits[bits >> 6 & 63] : '=';
	out[3] = len > 2 ? digits[bits & 63] : '=';
}

void
base64_add(struct buf *b, const char *data, size_t len)
{
	const unsigned char *in = (const unsigned char *)data;
	char group[4];

	buf_reserve(b, len / 3 * 4 + 4);
	for (size_t i = 0; i < len; i += 3) {
		encode_group(group, in + i, len - i);
		buf_add(b, group, sizeof(group));
	}
}

/* The six bits of a character; -1: it is none of the alphabet. */
static int
digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool
base64_decode(struct buf *b, const char *text, size_t len)
{
	uint32_t bits = 0;
	size_t digits = 0, padding = 0;

	buf_reserve(b, len / 4 * 3 + 3);
	buf_adds(b, ""); /* a text, even where nothing follows */
	for (size_t i = 0; i < len; i++) {
		int digit = digit_of(text[i]);

		if (ascii_is_space(text[i]))
			continue;
		if (text[i] == '=') {
			padding++;
			continue;
		}
		if (digit < 0 || padding)
			return false;
		bits = bits << 6 | (uint32_t)digit;
		if (++digits % 4 != 1)
			buf_addc(b, (char)(bits >> (8 - digits % 4 * 2) % 8));
	}
	return digits % 4 != 1 && padding <= 2;
}
