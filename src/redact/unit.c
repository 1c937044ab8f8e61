/* Escapes of JSON are undone in the layer closest to the text. */
#include "config.h"

#include "redact/unit.h"

#include <string.h>

#include "text/ascii.h"

enum {
	LAYERS = 3 /* of percent-encoding */
};

/* Returns the character of a JSON escape: "\/", "\u0040"; these do not count as
 * a depth. Of characters beyond ASCII it only matters that they are letters. */
static struct unit
json_escape(const char *s, const char *end)
{
	struct unit u = {.c = '\\', .len = 1};
	unsigned value = 0;

	if (end - s < 2)
		return u;
	if (s[1] == '/' || s[1] == '"')
		return (struct unit){.c = s[1], .len = 2};
	if (s[1] == 'n' || s[1] == 't' || s[1] == 'r')
		return (struct unit){.c = '\n', .len = 2};
	if (s[1] != 'u' || end - s < 6)
		return u;
	for (int i = 2; i < 6; i++) {
		if (ascii_hex_value(s[i]) < 0)
			return u;
		value = value << 4 | (unsigned)ascii_hex_value(s[i]);
	}
	return (struct unit){.c = value > 0x7F ? 'x' : (char)value, .len = 6};
}

/* Returns the character at `s` after decoding it `layers` times: "%40",
 * "%2540"; the digits of an escape may be encoded, too. */
static struct unit
decode_layers(const char *s, const char *end, unsigned layers)
{
	struct unit u, digit;
	size_t len;
	unsigned byte = 0;

	if (layers == 0)
		return *s == '\\' ? json_escape(s, end)
		                  : (struct unit){.c = *s, .len = 1};
	u = decode_layers(s, end, layers - 1);
	if (u.c != '%')
		return u;
	len = u.len;
	for (int i = 0; i < 2; i++) {
		if (s + len >= end)
			return u;
		digit = decode_layers(s + len, end, layers - 1);
		if (ascii_hex_value(digit.c) < 0)
			return u;
		byte = byte << 4 | (unsigned)ascii_hex_value(digit.c);
		len += digit.len;
	}
	return (struct unit){(char)byte, u.depth + 1, len};
}

struct unit
unit_decode(const char *s, const char *end)
{
	return decode_layers(s, end, LAYERS);
}
