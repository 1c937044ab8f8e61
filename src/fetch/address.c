#include "config.h"

#include "fetch/engine_private.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/xalloc.h"
#include "request/guard.h"
#include "request/url.h"

int
address_family(const struct fetch_options *o)
{
	for (size_t i = 0; i < o->curl_len; i++)
		if (o->curl[i].option == CURLOPT_IPRESOLVE)
			return o->curl[i].number == CURL_IPRESOLVE_V4 ? AF_INET
			       : o->curl[i].number == CURL_IPRESOLVE_V6
			           ? AF_INET6
			           : AF_UNSPEC;
	return AF_UNSPEC;
}

static bool
has_setting(const struct fetch_options *o, CURLoption option)
{
	for (size_t i = 0; i < o->curl_len; i++)
		if (o->curl[i].option == option)
			return true;
	return false;
}

bool
address_left_to_libcurl(const struct fetch_options *o)
{
	return has_setting(o, CURLOPT_UNIX_SOCKET_PATH) ||
	       has_setting(o, CURLOPT_ABSTRACT_UNIX_SOCKET) ||
	       o->connect_to.len;
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
	        ? ", to which an answer of a public one must not lead"
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

/* "[+]HOST:PORT:ADDRESSES" of `host`, or of "*", becomes ADDRESSES. */
static const char *
given_by(const char *text, const char *host, int port)
{
	size_t len = strlen(host);
	char *end;

	if (*text == '-')
		return NULL;
	text += *text == '+';
	if (strncmp(text, "*:", 2) == 0)
		text += 2;
	else if (strncasecmp(text, host, len) == 0 && text[len] == ':')
		text += len + 1;
	else
		return NULL;
	return strtol(text, &end, 10) == port && *end == ':' ? end + 1 : NULL;
}

/* --resolve is the user's answer: the last one counts. NULL: none. */
static const char *
given_addresses(const struct strlist *resolve, const char *host, int port)
{
	const char *found = NULL;

	for (size_t i = resolve->len; i-- > 0 && !found;)
		found = given_by(resolve->items[i], host, port);
	return found;
}

/* All that `host` may lead to is known: none of it may be private. */
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

/* An address, or a name that needs no lookup. */
static enum address_state
check_literal(struct attempt *a, const char *host)
{
	a->to_private = guard_host_is_private(host);
	if (!a->to_private || !address_is_guarded(a))
		return ADDRESS_KNOWN;
	address_refuse(a, NULL, host);
	return ADDRESS_FAILED;
}

/* In front of the list is what the user gave with --resolve. */
static void
use_addresses(struct attempt *a, const char *host, const char *addresses)
{
	const char *origin = hop_origin(a->spec.hop, a->spec.request);
	char *text =
	    xasprintf("%s:%d:%s", host, url_origin_port(origin), addresses);
	const struct strlist *given = &a->engine->options->resolve;

	curl_slist_free_all(a->set_resolve);
	a->set_resolve = NULL;
	for (size_t i = 0; i < given->len; i++)
		a->set_resolve =
		    curl_slist_append(a->set_resolve, given->items[i]);
	a->set_resolve = curl_slist_append(a->set_resolve, text);
	curl_easy_setopt(a->easy, CURLOPT_RESOLVE, a->set_resolve);
	free(text);
}

static enum address_state
apply(struct attempt *a, const char *host, const struct lookup *l)
{
	switch (l->state) {
	case LOOKUP_PENDING: return ADDRESS_PENDING;
	case LOOKUP_READY:
		use_addresses(a, host, l->addresses);
		return check_addresses(a, host, l->addresses);
	case LOOKUP_FAILED:
		a->os_errno = l->os_errno;
		lookup_failure(l, host, &a->failure);
		return ADDRESS_FAILED;
	}
	return ADDRESS_FAILED;
}

/* Is it known without a lookup, or looked up by somebody else? */
static bool
needs_no_lookup(const struct attempt *a, const char *host)
{
	return !a->engine->resolver || is_literal(host) ||
	       guard_host_is_private(host) ||
	       a->proxy_kind == PROXY_TAKES_NAMES;
}

static enum address_state
find(struct attempt *a, const char *host, int port)
{
	struct engine *engine = a->engine;
	const char *given =
	    given_addresses(&engine->options->resolve, host, port);

	if (given && a->proxy_kind != PROXY_TAKES_NAMES)
		return check_addresses(a, host, given);
	if (needs_no_lookup(a, host))
		return check_literal(a, host);
	return apply(a, host,
	    resolver_ask(engine->resolver, host, &a->waiter,
	        engine->options->fresh_connections ? RESOLVE_AFRESH
	                                           : RESOLVE_KEPT));
}

enum address_state
address_find(struct attempt *a)
{
	const char *origin = hop_origin(a->spec.hop, a->spec.request);
	char *host = url_origin_host(origin);
	enum address_state state = ADDRESS_KNOWN;

	a->to_private = false;
	if (strcmp(origin, "file://") == 0)
		a->to_private = true;
	else if (!address_left_to_libcurl(a->engine->options))
		state = find(a, host, url_origin_port(origin));
	free(host);
	return state;
}

enum address_state
address_found(struct attempt *a, const struct lookup *l)
{
	char *host = url_origin_host(hop_origin(a->spec.hop, a->spec.request));
	enum address_state state = apply(a, host, l);

	free(host);
	return state;
}
