/*
 * Addresses that are not on the public Internet. Decisions are taken on the
 * address that is connected to, never on the text of a URL.
 */
#ifndef GATHER_FETCH_GUARD_H
#define GATHER_FETCH_GUARD_H

#include <stdbool.h>

#include <sys/socket.h>

/* Loopback, private, link-local, shared (CGNAT), multicast, reserved, and
 * IPv6 forms that embed such an IPv4 address (mapped, NAT64, 6to4).
 * Anything but IPv4 and IPv6 counts as private. */
bool guard_address_is_private(const struct sockaddr *);
/* The same for an address in text form; NULL and bad text are private. */
bool guard_is_private(const char *ip);

#endif
