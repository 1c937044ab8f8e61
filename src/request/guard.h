/*
 * Addresses that are not on the public Internet. Decisions are taken on the
 * address that is connected to, never on the text of a URL.
 *
 * Not public is all that stands in IANA's special-purpose registries for IPv4
 * and IPv6 (RFC 6890), whatever they say about its reach; multicast; and what
 * was set aside before there were registries (site-local, reserved). Where an
 * IPv6 address stands for an IPv4 address (mapped, compatible, translated,
 * NAT64, 6to4, Teredo, ISATAP), that one decides.
 */
#ifndef GATHER_REQUEST_GUARD_H
#define GATHER_REQUEST_GUARD_H

#include <stdbool.h>

#include <sys/socket.h>

/* Anything but IPv4 and IPv6 counts as private. */
bool guard_address_is_private(const struct sockaddr *);
/* The same for an address in text form; NULL and bad text are private. */
bool guard_is_private(const char *ip);
/* Is `host`, as url_origin_host gives it, an address, or a name that needs no
 * lookup (localhost and what ends in it, RFC 6761), that is private? */
bool guard_host_is_private(const char *host);
/* The first private one of a list "192.0.2.1,[2001:db8::1]"; caller frees.
 * NULL: there is none. */
char *guard_find_private(const char *addresses);

#endif
