/*
 * Which proxy the requests to an origin go through: that of -x, or of the
 * environment (curl(1), ENVIRONMENT), unless --noproxy or no_proxy exempts
 * the host. It is decided here and libcurl is told, so that there is one
 * answer to who looks the name up, and whose address is connected to.
 *
 * The other half of a route, the address, is in engine_private.h.
 */
#ifndef GATHER_FETCH_ROUTE_H
#define GATHER_FETCH_ROUTE_H

#include "base/strmap.h"
#include "fetch/options.h"

enum proxy_kind {
	PROXY_NONE,
	PROXY_TAKES_NAMES,     /* http, https, socks4a, socks5h */
	PROXY_TAKES_ADDRESSES, /* socks4, socks5: the name is looked up here */
};

/* The proxies of a run. Strings are borrowed from the options and the
 * environment. */
struct proxy_rules {
	const char *all;    /* for any scheme; NULL or "": none */
	const char *http;   /* of the environment: for http, before `all` */
	const char *https;  /* of the environment: for https, before `all` */
	const char *exempt; /* --noproxy, no_proxy; NULL: nobody */
};

/* Read the options and, where they do not say, the environment. */
void proxy_rules_init(struct proxy_rules *, const struct fetch_options *);
/* The URL of the proxy for an origin as the user wrote it, borrowed, with its
 * kind; NULL and PROXY_NONE: requests go there directly. */
const char *proxy_find(
    const struct proxy_rules *, const char *origin, enum proxy_kind *);
/* Does a list such as --noproxy's name `host` (no brackets): "*", a domain, an
 * address, or a network "10.0.0.0/8"? */
bool proxy_exempts(const char *list, const char *host);

/* The family of addresses to look for: AF_INET with -4, AF_INET6 with -6, else
 * AF_UNSPEC. */
int resolve_family(const struct fetch_options *);
/* Initialise a map of what --resolve gives: "host:port" in lower case ("*:port"
 * is for any other host) -> addresses, which stay text of the options. The last
 * argument about a host counts. */
void addresses_given(struct strmap *, const struct strlist *resolve);
/* The addresses in such a map for "host:port", which has that port:
 * "192.0.2.1,[2001:db8::1]". NULL: none. */
const char *addresses_find(
    const struct strmap *given, const char *authority, int port);

#endif
