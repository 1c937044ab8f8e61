#include "config.h"

#include "request/url.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/xalloc.h"

struct origin {
	size_t refs;
	char text[];
};

static struct origin *
origin_of(const char *text)
{
	/* Every text that is handed out stands in an object of ours, which
	 * is not const. */
	union {
		const char *in;
		char *out;
	} writable = {.in = text};

	return container_of(writable.out, struct origin, text);
}

const char *
origin_text(const char *text)
{
	size_t size = strlen(text) + 1;
	struct origin *o = xmalloc(sizeof(*o) + size);

	o->refs = 1;
	memcpy(o->text, text, size);
	return o->text;
}

const char *
origin_ref(const char *origin)
{
	origin_of(origin)->refs++;
	return origin;
}

void
origin_unref(const char *origin)
{
	if (origin && --origin_of(origin)->refs == 0)
		free(origin_of(origin));
}

/* Where "host:port" begins. */
static const char *
authority(const char *origin)
{
	const char *at = strstr(origin, "://");

	return at ? at + 3 : origin;
}

char *
url_origin_host(const char *origin)
{
	const char *host = authority(origin);
	const char *end = strrchr(host, ':');

	if (!end)
		end = host + strlen(host);
	if (*host == '[' && end > host && end[-1] == ']') {
		host++;
		end--;
	}
	return xmemdup0(host, (size_t)(end - host));
}

int
url_origin_port(const char *origin)
{
	const char *port = strrchr(authority(origin), ':');

	return port ? (int)strtol(port + 1, NULL, 10) : 0;
}
