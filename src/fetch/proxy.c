#include "config.h"

#include "fetch/proxy.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "request/url.h"
#include "text/ascii.h"

static const char *
environment(const char *name, const char *other)
{
	const char *value = getenv(name);

	if ((!value || !*value) && other)
		value = getenv(other);
	return value && *value ? value : NULL;
}

/* HTTP_PROXY is not looked at: to a CGI program it is a request's header. */
void
proxy_rules_init(struct proxy_rules *r, const struct fetch_options *o)
{
	*r = (struct proxy_rules){.all = o->proxy};
	if (!o->proxy) {
		r->all = environment("all_proxy", "ALL_PROXY");
		r->http = environment("http_proxy", NULL);
		r->https = environment("https_proxy", "HTTPS_PROXY");
	}
	r->exempt =
	    o->noproxy ? o->noproxy : environment("no_proxy", "NO_PROXY");
}

/* A name that is said without its dots at either end. */
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

/* "example.org" stands for what is below it, too. */
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

static bool
same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned rest = bits % 8;

	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return !rest || (a[bits / 8] ^ b[bits / 8]) >> (8 - rest) == 0;
}

/* "10.1.2.3", "10.0.0.0/8", "[fd00::]/8". */
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

/* Without a scheme it is http. */
static enum proxy_kind
kind_of(const char *proxy)
{
	static const char *const with_addresses[] = {
	    "socks://", "socks4://", "socks5://"};

	for (size_t i = 0; i < 3; i++)
		if (strncasecmp(proxy, with_addresses[i],
		        strlen(with_addresses[i])) == 0)
			return PROXY_TAKES_ADDRESSES;
	return PROXY_TAKES_NAMES;
}

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
		*kind = kind_of(proxy);
	free(host);
	return *kind == PROXY_NONE ? NULL : proxy;
}
