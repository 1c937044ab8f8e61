#include "config.h"

#include "fetch/engine_private.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/xalloc.h"
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

static bool
env_is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

/* The variables of curl(1), ENVIRONMENT. */
static bool
env_has_proxy(void)
{
	return env_is_set("http_proxy") || env_is_set("https_proxy") ||
	       env_is_set("HTTPS_PROXY") || env_is_set("all_proxy") ||
	       env_is_set("ALL_PROXY");
}

bool
address_is_elsewhere(const struct fetch_options *o)
{
	return (o->proxy ? *o->proxy != '\0' : env_has_proxy()) ||
	       has_setting(o, CURLOPT_PRE_PROXY) ||
	       has_setting(o, CURLOPT_UNIX_SOCKET_PATH) ||
	       has_setting(o, CURLOPT_ABSTRACT_UNIX_SOCKET) ||
	       o->connect_to.len || o->allow_file_scheme;
}

static bool
is_local_name(const char *host)
{
	static const char local[] = "localhost";
	size_t len = strlen(host);
	size_t tail = sizeof(local) - 1;

	return len >= tail && strcasecmp(host + len - tail, local) == 0 &&
	       (len == tail || host[len - tail - 1] == '.');
}

static bool
is_literal(const char *host)
{
	uint8_t address[16];

	return inet_pton(AF_INET, host, address) == 1 ||
	       inet_pton(AF_INET6, host, address) == 1 || strchr(host, '%');
}

/* --resolve HOST:PORT:..., [+]HOST:..., *:PORT:... is the user's answer. */
static bool
is_given(const struct strlist *resolve, const char *host)
{
	size_t len = strlen(host);

	for (size_t i = 0; i < resolve->len; i++) {
		const char *text = resolve->items[i];

		text += *text == '+' || *text == '-';
		if (*text == '*' ||
		    (strncasecmp(text, host, len) == 0 && text[len] == ':'))
			return true;
	}
	return false;
}

/* The name to be looked up, or NULL. */
static char *
name_of(const struct engine *engine, const char *origin)
{
	char *host;

	if (!engine->resolver)
		return NULL;
	host = url_origin_host(origin);
	if (is_literal(host) || is_local_name(host) ||
	    is_given(&engine->options->resolve, host)) {
		free(host);
		return NULL;
	}
	return host;
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
		return ADDRESS_KNOWN;
	case LOOKUP_FAILED:
		lookup_failure(l, host, &a->failure);
		return ADDRESS_FAILED;
	}
	return ADDRESS_FAILED;
}

enum address_state
address_find(struct attempt *a)
{
	struct engine *engine = a->engine;
	char *host = name_of(engine, hop_origin(a->spec.hop, a->spec.request));
	enum address_state state;

	if (!host)
		return ADDRESS_KNOWN;
	state = apply(a, host,
	    resolver_ask(engine->resolver, host, &a->waiter,
	        engine->options->fresh_connections ? RESOLVE_AFRESH
	                                           : RESOLVE_KEPT));
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
