/* Three bytes become four characters, the last ones with padding. */
#include "config.h"

#include "text/base64.h"

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
