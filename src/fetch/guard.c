#include "config.h"

#include "fetch/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct prefix {
	uint8_t bytes[16];
	unsigned bits;
};

/* The IANA special-purpose registries (RFC 6890 and its successors). */
static const struct prefix private4[] = {
    {{0}, 8},             /* this network */
    {{10}, 8},            /* RFC 1918 */
    {{100, 64}, 10},      /* shared, RFC 6598 */
    {{127}, 8},           /* loopback */
    {{169, 254}, 16},     /* link-local */
    {{172, 16}, 12},      /* RFC 1918 */
    {{192, 0, 0}, 24},    /* IETF protocol assignments */
    {{192, 0, 2}, 24},    /* documentation */
    {{192, 168}, 16},     /* RFC 1918 */
    {{198, 18}, 15},      /* benchmarking */
    {{198, 51, 100}, 24}, /* documentation */
    {{203, 0, 113}, 24},  /* documentation */
    {{224}, 3},           /* multicast and reserved */
};

static const struct prefix private6[] = {
    {{0}, 127},                     /* :: and ::1 */
    {{0x01, 0}, 64},                /* discard only */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0xfc}, 7},                    /* unique local */
    {{0xfe, 0x80}, 10},             /* link-local */
    {{0xff}, 8},                    /* multicast */
};

/* IPv6 prefixes behind which an IPv4 address stands, and at which byte. */
static const struct {
	struct prefix prefix;
	size_t at;
} embeds[] = {
    {{{[10] = 0xff, [11] = 0xff}, 96}, 12}, /* mapped */
    {{{0}, 96}, 12},                        /* compatible (obsolete) */
    {{{0x00, 0x64, 0xff, 0x9b}, 96}, 12},   /* NAT64, RFC 6052 */
    {{{0x20, 0x02}, 16}, 2},                /* 6to4 */
};

static bool
matches(const struct prefix *p, const uint8_t *address)
{
	size_t whole = p->bits / 8;
	unsigned mask = 0xFF00U >> (p->bits % 8) & 0xFFU;

	if (memcmp(p->bytes, address, whole) != 0)
		return false;
	return !mask || ((p->bytes[whole] ^ address[whole]) & mask) == 0;
}

static bool
any_matches(const struct prefix *table, size_t len, const uint8_t *address)
{
	for (size_t i = 0; i < len; i++)
		if (matches(&table[i], address))
			return true;
	return false;
}

static bool
is_private4(const uint8_t *address)
{
	return any_matches(
	    private4, sizeof(private4) / sizeof(*private4), address);
}

static bool
is_private6(const uint8_t *address)
{
	if (any_matches(
	        private6, sizeof(private6) / sizeof(*private6), address))
		return true;
	for (size_t i = 0; i < sizeof(embeds) / sizeof(*embeds); i++)
		if (matches(&embeds[i].prefix, address))
			return is_private4(address + embeds[i].at);
	return false;
}

bool
guard_address_is_private(const struct sockaddr *sa)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	if (sa->sa_family == AF_INET) {
		memcpy(&in4, sa, sizeof(in4));
		return is_private4((const uint8_t *)&in4.sin_addr);
	}
	if (sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof(in6));
		return is_private6((const uint8_t *)&in6.sin6_addr);
	}
	return true;
}

bool
guard_is_private(const char *ip)
{
	uint8_t address[16];

	if (!ip)
		return true;
	if (inet_pton(AF_INET, ip, address) == 1)
		return is_private4(address);
	if (inet_pton(AF_INET6, ip, address) == 1)
		return is_private6(address);
	return true;
}
