/*
 * Where an attempt's connection goes: through a proxy, by the rules that hold
 * for its origin, or to an address, which may have to be looked up and may be
 * forbidden because it is private (request/guard.h).
 *
 * For a private address there are two rules: --deny-private, and that an answer
 * which came from a public address must not lead to a private one (a server
 * could else make its clients ask the machines around them).
 */
#include "config.h"

#include "fetch/route.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/strmap.h"
#include "base/xalloc.h"
#include "fetch/engine_private.h"
#include "fetch/resolve.h"
#include "request/guard.h"
#include "request/url.h"
#include "text/ascii.h"

/* --- through which proxy -------------------------------------------------- */

/* A variable that is set and not empty, or else the `other` one; or NULL. */
static const char *
env_or(const char *name, const char *other)
{
	const char *value = getenv(name);

	if ((!value || !*value) && other)
		value = getenv(other);
	return value && *value ? value : NULL;
}

/* HTTP_PROXY is not looked at, as in curl: in a CGI program it is the header
 * Proxy of whoever sent the request. */
void
proxy_rules_init(struct proxy_rules *r, const struct fetch_options *o)
{
	*r = (struct proxy_rules){.all = o->proxy};
	if (!o->proxy) {
		r->all = env_or("all_proxy", "ALL_PROXY");
		r->http = env_or("http_proxy", NULL);
		r->https = env_or("https_proxy", "HTTPS_PROXY");
	}
	r->exempt = o->to_replay ? "*"
	            : o->noproxy ? o->noproxy
	                         : env_or("no_proxy", "NO_PROXY");
}

/* Drop a dot at either end of a name. */
static void
trim_dots(const char **s, size_t *len)
{
	if (*len && **s == '.') {
		++*s;
		--*len;
	}
	if (*len && (*s)[*len - 1] == '.')
		--*len;
}

/* Does an item of a list name the host? "example.org" stands for all hosts
 * below it as well. */
static bool
names_host(const char *item, size_t len, const char *host)
{
	size_t host_len = strlen(host);
	const char *tail;

	trim_dots(&item, &len);
	trim_dots(&host, &host_len);
	if (!len || host_len < len)
		return false;
	tail = host + host_len - len;
	return strncasecmp(tail, item, len) == 0 &&
	       (tail == host || tail[-1] == '.');
}

/* Are the first `bits` of two addresses the same? */
static bool
same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned rest = bits % 8;

	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return !rest || (a[bits / 8] ^ b[bits / 8]) >> (8 - rest) == 0;
}

/* Does an item of a list name the address: "10.1.2.3", "10.0.0.0/8",
 * "[fd00::]/8"? */
static bool
names_address(const char *item, size_t len, int family, const uint8_t *address)
{
	unsigned most = family == AF_INET ? 32 : 128;
	char *text = xmemdup0(item, len);
	char *slash = strchr(text, '/');
	char *net = *text == '[' ? text + 1 : text;
	unsigned long bits = slash ? strtoul(slash + 1, NULL, 10) : most;
	uint8_t of_net[16];
	bool named;

	net[strcspn(net, "]/")] = '\0';
	named = bits <= most && inet_pton(family, net, of_net) == 1 &&
	        same_bits(of_net, address, bits ? (unsigned)bits : most);
	free(text);
	return named;
}

bool
proxy_exempts(const char *list, const char *host)
{
	uint8_t address[16];
	int family = inet_pton(AF_INET, host, address) == 1    ? AF_INET
	             : inet_pton(AF_INET6, host, address) == 1 ? AF_INET6
	                                                       : AF_UNSPEC;

	if (strcmp(list, "*") == 0)
		return true;
	for (;;) {
		size_t len;

		list += strspn(list, ", \t");
		len = strcspn(list, ", \t");
		if (!len)
			return false;
		if (family == AF_UNSPEC
		        ? names_host(list, len, host)
		        : names_address(list, len, family, address))
			return true;
		list += len;
	}
}

/* What the proxy wants to be told. Without a scheme it is an HTTP proxy. */
static enum proxy_kind
proxy_kind_of(const char *proxy)
{
	static const char *const with_addresses[] = {
	    "socks://", "socks4://", "socks5://"};

	for (size_t i = 0; i < 3; i++)
		if (strncasecmp(proxy, with_addresses[i],
		        strlen(with_addresses[i])) == 0)
			return PROXY_TAKES_ADDRESSES;
	return PROXY_TAKES_NAMES;
}

/* The proxy for the scheme of an origin; NULL: none. */
static const char *
proxy_of_scheme(const struct proxy_rules *r, const char *origin)
{
	const char *own = NULL;

	if (strncmp(origin, "http:", 5) == 0)
		own = r->http;
	else if (strncmp(origin, "https:", 6) == 0)
		own = r->https;
	else
		return NULL;
	return own ? own : r->all;
}

const char *
proxy_find(
    const struct proxy_rules *r, const char *origin, enum proxy_kind *kind)
{
	const char *proxy = proxy_of_scheme(r, origin);
	char *host;

	*kind = PROXY_NONE;
	if (!proxy || !*proxy)
		return NULL;
	host = url_origin_host(origin);
	if (!r->exempt || !proxy_exempts(r->exempt, host))
		*kind = proxy_kind_of(proxy);
	free(host);
	return *kind == PROXY_NONE ? NULL : proxy;
}

/* --- to which address ----------------------------------------------------- */

int
resolve_family(const struct fetch_options *o)
{
	const struct curl_setting *s = fetch_options_find(o, CURLOPT_IPRESOLVE);

	if (s && s->number == CURL_IPRESOLVE_V4)
		return AF_INET;
	return s && s->number == CURL_IPRESOLVE_V6 ? AF_INET6 : AF_UNSPEC;
}

/* Does libcurl look names up, not the resolver: with the path of a socket, or
 * with --connect-to? */
static bool
is_left_to_libcurl(const struct fetch_options *o)
{
	return fetch_options_find(o, CURLOPT_UNIX_SOCKET_PATH) ||
	       fetch_options_find(o, CURLOPT_ABSTRACT_UNIX_SOCKET) ||
	       o->connect_to.len;
}

struct resolve_pool *
address_lookups(const struct fetch_options *o)
{
	return is_left_to_libcurl(o) ? NULL
	                             : resolve_pool_new(resolve_family(o));
}

bool
address_is_guarded(const struct attempt *a)
{
	return a->engine->options->deny_private ||
	       a->spec.hop->trust.from_public;
}

int
address_refuse(struct attempt *a, const char *name, const char *ip)
{
	char *target =
	    name ? xasprintf("%s has the private address %s", name, ip)
	         : xasprintf("%s is a private address", ip);

	failure_set(&a->failure, ERROR_POLICY, "private address", 0, "%s%s",
	    target,
	    a->spec.hop->trust.from_public
	        ? "; answers from public addresses must not lead there"
	        : " (--deny-private)");
	free(target);
	return -1;
}

bool
address_was_public(const struct attempt *a)
{
	const char *ip = NULL;

	if (a->to_private)
		return false;
	if (a->proxy_kind != PROXY_NONE)
		return a->head.status != 0;
	curl_easy_getinfo(a->easy, CURLINFO_PRIMARY_IP, &ip);
	return !guard_is_private(ip);
}

static bool
is_literal(const char *host)
{
	uint8_t address[16];

	return inet_pton(AF_INET, host, address) == 1 ||
	       inet_pton(AF_INET6, host, address) == 1 || strchr(host, '%');
}

/* Note an argument of --resolve, "[+]HOST:PORT:ADDRESSES", or "-HOST:PORT",
 * which takes back what came before it. HOST may be "*". */
static void
note_given(struct strmap *given, const char *text)
{
	const char *host = text + (*text == '+' || *text == '-');
	size_t len = strcspn(host, ":");
	char *addresses;
	long port = strtol(host + len + 1, &addresses, 10);
	char *key = xasprintf("%.*s:%ld", (int)len, host, port);

	for (char *c = key; *c; c++)
		*c = ascii_lower(*c);
	if (*text == '-')
		strmap_remove(given, key);
	else
		strmap_set(given, key, addresses + 1);
	free(key);
}

void
addresses_given(struct strmap *given, const struct strlist *resolve)
{
	strmap_init(given);
	for (size_t i = 0; i < resolve->len; i++)
		note_given(given, resolve->items[i]);
}

const char *
addresses_find(const struct strmap *given, const char *authority, int port)
{
	char any[16];
	const char *found;

	if (!strmap_len(given))
		return NULL;
	found = strmap_get(given, authority);
	if (found)
		return found;
	snprintf(any, sizeof(any), "*:%d", port);
	return strmap_get(given, any);
}

/* Judge all addresses that `host` has: libcurl may take any of them, so none
 * may be private where that is forbidden. */
static enum address_state
check_addresses(struct attempt *a, const char *host, const char *addresses)
{
	char *ip = guard_find_private(addresses);
	enum address_state state = ADDRESS_KNOWN;

	a->to_private = ip != NULL;
	if (ip && address_is_guarded(a)) {
		address_refuse(a, strcmp(host, ip) ? host : NULL, ip);
		state = ADDRESS_FAILED;
	}
	free(ip);
	return state;
}

/* Remember, for as long as the handle is set up for this origin, what is known
 * of its addresses; "" where libcurl needs none. */
static void
remember(struct attempt *a, const char *addresses)
{
	free(a->set_addresses);
	a->set_addresses = xstrdup(addresses);
	a->set_private = a->to_private;
}

/* Are these the addresses that the handle had before, and may the attempt go
 * there? Then they need not be judged again. */
static bool
are_remembered(struct attempt *a, const char *addresses)
{
	if (!a->set_addresses || strcmp(a->set_addresses, addresses) != 0 ||
	    (a->set_private && address_is_guarded(a)))
		return false;
	a->to_private = a->set_private;
	return true;
}

/* Judge a host that needs no lookup: an address, or "localhost" and its like.
 */
static enum address_state
check_literal(struct attempt *a, const char *host)
{
	a->to_private = guard_host_is_private(host);
	remember(a, "");
	if (!a->to_private || !address_is_guarded(a))
		return ADDRESS_KNOWN;
	address_refuse(a, NULL, host);
	return ADDRESS_FAILED;
}

/* What libcurl is to be told of the attempt's host. Where a proxy is named,
 * what the user gave with --resolve comes before that: it may be about the
 * proxy. */
static struct curl_slist *
make_resolve_list(
    const struct attempt *a, const char *host, const char *addresses)
{
	const char *origin = hop_origin(a->spec.hop, a->spec.request);
	const struct strlist *given = &a->engine->options->resolve;
	struct curl_slist *list = NULL, **end = &list;
	char *text =
	    xasprintf("%s:%d:%s", host, url_origin_port(origin), addresses);

	for (size_t i = 0; i < given->len && a->proxy; i++)
		end = slist_append(end, given->items[i]);
	slist_append(end, text);
	free(text);
	return list;
}

/* Tell libcurl the addresses, unless it has them from an attempt before. */
static void
use_addresses(struct attempt *a, const char *host, const char *addresses)
{
	struct curl_slist *before = a->set_resolve;

	a->set_resolve = NULL;
	if (!lane_has_addresses(a, addresses)) {
		a->set_resolve = make_resolve_list(a, host, addresses);
		free(a->told);
		a->told = xstrdup(addresses);
	}
	curl_easy_setopt(a->easy, CURLOPT_RESOLVE, a->set_resolve);
	curl_slist_free_all(before);
}

/* Use the addresses that --resolve gives. libcurl has no way to be told those
 * of an IPv6 address, which only "*" can stand for; the list of all that is
 * given is set already. */
static enum address_state
use_given(struct attempt *a, const char *host, const char *addresses)
{
	if (!a->proxy && !strchr(host, ':'))
		use_addresses(a, host, addresses);
	return check_addresses(a, host, addresses);
}

/* The name has these addresses. */
static enum address_state
use_found(struct attempt *a, const char *host, const char *addresses)
{
	enum address_state state;

	if (are_remembered(a, addresses))
		return ADDRESS_KNOWN;
	use_addresses(a, host, addresses);
	state = check_addresses(a, host, addresses);
	remember(a, addresses);
	return state;
}

/* Go on with what is known of the host's name. */
static enum address_state
use_lookup(struct attempt *a, const char *host, const struct lookup *l)
{
	switch (l->state) {
	case LOOKUP_PENDING: return ADDRESS_PENDING;
	case LOOKUP_READY: return use_found(a, host, l->addresses);
	case LOOKUP_FAILED:
		a->os_errno = l->os_errno;
		lookup_failure(l, host, &a->failure);
		return ADDRESS_FAILED;
	}
	return ADDRESS_FAILED;
}

/* Is the address known without a lookup, or looked up by libcurl or a proxy? */
static bool
needs_no_lookup(const struct attempt *a, const char *host)
{
	return !a->engine->resolver || is_literal(host) ||
	       guard_host_is_private(host) ||
	       a->proxy_kind == PROXY_TAKES_NAMES;
}

static enum address_state
find_by_host(struct attempt *a, const char *host)
{
	struct engine *engine = a->engine;
	const char *origin = hop_origin(a->spec.hop, a->spec.request);
	const char *given = addresses_find(&engine->common->given,
	    url_origin_authority(origin), url_origin_port(origin));

	if (given && a->proxy_kind != PROXY_TAKES_NAMES)
		return use_given(a, host, given);
	if (needs_no_lookup(a, host))
		return check_literal(a, host);
	return use_lookup(a, host,
	    resolver_ask(engine->resolver, host, &a->waiter,
	        engine->options->fresh_connections ? RESOLVE_AFRESH
	                                           : RESOLVE_KEPT));
}

enum address_state
address_find(struct attempt *a)
{
	const char *origin = hop_origin(a->spec.hop, a->spec.request);
	enum address_state state = ADDRESS_KNOWN;
	char *host;

	a->to_private = false;
	if (are_remembered(a, ""))
		return ADDRESS_KNOWN;
	host = url_origin_host(origin);
	if (strcmp(origin, "file://") == 0)
		a->to_private = true;
	else if (!is_left_to_libcurl(a->engine->options))
		state = find_by_host(a, host);
	free(host);
	return state;
}

enum address_state
address_found(struct attempt *a, const struct lookup *l)
{
	char *host = url_origin_host(hop_origin(a->spec.hop, a->spec.request));
	enum address_state state = use_lookup(a, host, l);

	free(host);
	return state;
}
