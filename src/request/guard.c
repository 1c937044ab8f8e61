/* The registries as tables, then how an address is looked up in them. */
#include "config.h"

#include "request/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"

struct prefix {
	uint8_t bytes[16]; /* of IPv4 the first four */
	unsigned bits;
};

/* The IANA IPv4 Special-Purpose Address Registry, then what is private without
 * being in it. A range inside of another one is listed for its RFC. */
static const struct prefix special4[] = {
    {{0}, 8},                   /* this network, RFC 791 */
    {{0, 0, 0, 0}, 32},         /* this host, RFC 1122 */
    {{10}, 8},                  /* private use, RFC 1918 */
    {{100, 64}, 10},            /* shared (CGNAT), RFC 6598 */
    {{127}, 8},                 /* loopback, RFC 1122 */
    {{169, 254}, 16},           /* link-local, RFC 3927 */
    {{172, 16}, 12},            /* private use, RFC 1918 */
    {{192, 0, 0}, 24},          /* IETF protocol assignments, RFC 6890 */
    {{192, 0, 0, 0}, 29},       /* IPv4 service continuity, RFC 7335 */
    {{192, 0, 0, 8}, 32},       /* dummy address, RFC 7600 */
    {{192, 0, 0, 9}, 32},       /* PCP anycast, RFC 7723 */
    {{192, 0, 0, 10}, 32},      /* TURN anycast, RFC 8155 */
    {{192, 0, 0, 170}, 31},     /* NAT64 discovery, RFC 8880, RFC 7050 */
    {{192, 0, 2}, 24},          /* documentation, RFC 5737 */
    {{192, 31, 196}, 24},       /* AS112, RFC 7535 */
    {{192, 52, 193}, 24},       /* AMT, RFC 7450 */
    {{192, 88, 99}, 24},        /* 6to4 relay anycast, RFC 7526 */
    {{192, 88, 99, 2}, 32},     /* 6a44 relay anycast, RFC 6751 */
    {{192, 168}, 16},           /* private use, RFC 1918 */
    {{192, 175, 48}, 24},       /* AS112, RFC 7534 */
    {{198, 18}, 15},            /* benchmarking, RFC 2544 */
    {{198, 51, 100}, 24},       /* documentation, RFC 5737 */
    {{203, 0, 113}, 24},        /* documentation, RFC 5737 */
    {{224}, 4},                 /* multicast, RFC 5771 */
    {{240}, 4},                 /* reserved, RFC 1112 */
    {{255, 255, 255, 255}, 32}, /* limited broadcast, RFC 8190, RFC 919 */
};

/* The IANA IPv6 Special-Purpose Address Registry, likewise. */
static const struct prefix special6[] = {
    {{[15] = 0}, 128},                          /* unspecified, RFC 4291 */
    {{[15] = 1}, 128},                          /* loopback, RFC 4291 */
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48}, /* local NAT64, RFC 8215 */
    {{0x01, 0x00}, 64},                         /* discard only, RFC 6666 */
    {{0x01, 0x00, [7] = 0x01}, 64},             /* dummy prefix, RFC 9780 */
    {{0x20, 0x01, 0x00}, 23},                   /* IETF protocols, RFC 2928 */
    {{0x20, 0x01, 0x00, 0x01, [15] = 1}, 128},  /* PCP anycast, RFC 7723 */
    {{0x20, 0x01, 0x00, 0x01, [15] = 2}, 128},  /* TURN anycast, RFC 8155 */
    {{0x20, 0x01, 0x00, 0x01, [15] = 3}, 128},  /* DNS-SD SRP, RFC 9665 */
    {{0x20, 0x01, 0x00, 0x02}, 48},             /* benchmarking, RFC 5180 */
    {{0x20, 0x01, 0x00, 0x03}, 32},             /* AMT, RFC 7450 */
    {{0x20, 0x01, 0x00, 0x04, 0x01, 0x12}, 48}, /* AS112, RFC 7535 */
    {{0x20, 0x01, 0x00, 0x10}, 28},             /* ORCHID, RFC 4843 */
    {{0x20, 0x01, 0x00, 0x20}, 28},             /* ORCHIDv2, RFC 7343 */
    {{0x20, 0x01, 0x00, 0x30}, 28},       /* drone identifiers, RFC 9374 */
    {{0x20, 0x01, 0x0d, 0xb8}, 32},       /* documentation, RFC 3849 */
    {{0x26, 0x20, 0x00, 0x4f, 0x80}, 48}, /* AS112, RFC 7534 */
    {{0x3f, 0xff}, 20},                   /* documentation, RFC 9637 */
    {{0x5f, 0x00}, 16},                   /* segment routing, RFC 9602 */
    {{0xfc}, 7},                          /* unique local, RFC 4193, RFC 8190 */
    {{0xfe, 0x80}, 10},                   /* link-local, RFC 4291 */
    {{0xfe, 0xc0}, 10},                   /* site-local, RFC 3879 */
    {{0xff}, 8},                          /* multicast, RFC 4291 */
};

/* IPv6 prefixes whose addresses hold an IPv4 address, which decides, even
 * inside of a range above. */
static const struct embedding {
	struct prefix prefix;
	size_t at;       /* the first of the four bytes */
	uint8_t flipped; /* the bytes are xored with this */
} embeddings[] = {
    {{{[10] = 0xff, [11] = 0xff}, 96}, 12, 0}, /* mapped, RFC 4291 */
    {{{[8] = 0xff, [9] = 0xff}, 96}, 12, 0},   /* translated, RFC 2765 */
    {{{0}, 96}, 12, 0},                        /* compatible, RFC 4291 */
    {{{0x00, 0x64, 0xff, 0x9b}, 96}, 12, 0},   /* NAT64, RFC 6052 */
    {{{0x20, 0x02}, 16}, 2, 0},                /* 6to4, RFC 3056 */
    {{{0x20, 0x01}, 32}, 4, 0},                /* Teredo's server, RFC 4380 */
    {{{0x20, 0x01}, 32}, 12, 0xff},            /* Teredo's client, RFC 4380 */
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

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
	return any_matches(special4, COUNT(special4), address);
}

static bool
embeds_private4(const struct embedding *e, const uint8_t *address)
{
	uint8_t inside[4];

	for (size_t i = 0; i < sizeof(inside); i++)
		inside[i] = address[e->at + i] ^ e->flipped;
	return is_private4(inside);
}

/* ISATAP has an IPv4 address after 00-00-5E-FE or 02-00-5E-FE, with any prefix;
 * a router on the way unpacks it (RFC 5214, 6.1). */
static bool
is_isatap(const uint8_t *address)
{
	return (address[8] & ~0x02U) == 0 && address[9] == 0 &&
	       address[10] == 0x5e && address[11] == 0xfe;
}

/* One private address in it is enough: Teredo has two, a server and a client.
 */
static bool
is_private6(const uint8_t *address)
{
	bool embedded = false;

	for (size_t i = 0; i < COUNT(embeddings); i++) {
		const struct embedding *e = &embeddings[i];

		if (!matches(&e->prefix, address))
			continue;
		if (embeds_private4(e, address))
			return true;
		embedded = true;
	}
	if (is_isatap(address) && is_private4(address + 12))
		return true;
	return !embedded && any_matches(special6, COUNT(special6), address);
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

/* "localhost", "x.localhost", with a dot at the end or not. */
static bool
is_localhost(const char *host)
{
	static const char local[] = "localhost";
	size_t len = strlen(host);
	size_t tail = sizeof(local) - 1;

	len -= len && host[len - 1] == '.';
	return len >= tail &&
	       strncasecmp(host + len - tail, local, tail) == 0 &&
	       (len == tail || host[len - tail - 1] == '.');
}

/* Only link-local addresses have a zone ("fe80::1%eth0"). */
bool
guard_host_is_private(const char *host)
{
	uint8_t address[16];

	if (is_localhost(host) || strchr(host, '%'))
		return true;
	if (inet_pton(AF_INET, host, address) == 1)
		return is_private4(address);
	return inet_pton(AF_INET6, host, address) == 1 && is_private6(address);
}

char *
guard_find_private(const char *addresses)
{
	while (*addresses) {
		bool bracketed = *addresses == '[';
		size_t len =
		    strcspn(addresses += bracketed, bracketed ? "]" : ",");
		char *ip = xmemdup0(addresses, len);

		if (guard_is_private(ip))
			return ip;
		free(ip);
		addresses += len;
		addresses += strspn(addresses, "],");
	}
	return NULL;
}
