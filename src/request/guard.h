/*
 * Which addresses are private, that is, not on the public Internet: an answer
 * from there must not lead gather to them (server-side request forgery).
 * Decisions are taken on the address that is connected to, never on the text of
 * a URL, which a name server can map to anything.
 *
 * Private is all that is in IANA's special-purpose registries for IPv4 and IPv6
 * (RFC 6890), whatever they say about its reach; multicast; and what was set
 * aside before there were registries (site-local, reserved). Where an IPv6
 * address stands for an IPv4 address (mapped, compatible, translated, NAT64,
 * 6to4, Teredo, ISATAP), the latter decides.
 */
#ifndef GATHER_REQUEST_GUARD_H
#define GATHER_REQUEST_GUARD_H

#include <stdbool.h>

#include <sys/socket.h>

/* Is the address private? True for any family but IPv4 and IPv6. */
bool guard_address_is_private(const struct sockaddr *);
/* Is the address `ip`, in text form, private? True for NULL and for a text that
 * is not an address. */
bool guard_is_private(const char *ip);
/* Is `host`, as url_origin_host returns it, a private address, or a name for
 * one that needs no lookup: localhost, and names that end in it (RFC 6761,
 * 6.3)? False for any other name. */
bool guard_host_is_private(const char *host);
/* Find the first private address in a list such as "192.0.2.1,[2001:db8::1]".
 * Caller frees. NULL: there is none. */
char *guard_find_private(const char *addresses);

#endif
