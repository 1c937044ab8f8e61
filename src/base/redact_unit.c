#include "config.h"

#include "base/redact_private.h"

#include "base/ascii.h"

enum {
	LAYERS = 3 /* of percent-encoding */
};

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, ascii_lower(c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* "\/", "\u0040"; the escapes of JSON do not count as a depth. */
static struct unit
backslash(const char *s, const char *end)
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
		if (hex(s[i]) < 0)
			return u;
		value = value << 4 | (unsigned)hex(s[i]);
	}
	return (struct unit){.c = value > 0x7F ? 'x' : (char)value, .len = 6};
}

/* What stands at `s` once it is decoded `layers` times: "%40", "%2540", and
 * the digits may be encoded, too. */
static struct unit
decoded(const char *s, const char *end, unsigned layers)
{
	struct unit u, digit;
	size_t len;
	unsigned byte = 0;

	if (layers == 0)
		return *s == '\\' ? backslash(s, end)
		                  : (struct unit){.c = *s, .len = 1};
	u = decoded(s, end, layers - 1);
	if (u.c != '%')
		return u;
	len = u.len;
	for (int i = 0; i < 2; i++) {
		if (s + len >= end)
			return u;
		digit = decoded(s + len, end, layers - 1);
		if (hex(digit.c) < 0)
			return u;
		byte = byte << 4 | (unsigned)hex(digit.c);
		len += digit.len;
	}
	return (struct unit){(char)byte, u.depth + 1, len};
}

struct unit
unit_at(const char *s, const char *end)
{
	return *s == '%' || *s == '\\' ? decoded(s, end, LAYERS)
	                               : (struct unit){.c = *s, .len = 1};
}
