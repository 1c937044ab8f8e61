#include "config.h"

#include "fetch/engine_private.h"

#include <stdlib.h>

#include "base/xalloc.h"

static const char *
value_of(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static bool
names_authorities(const struct fetch_options *o)
{
	for (size_t i = 0; i < o->curl_len; i++)
		if (o->curl[i].option == CURLOPT_CAINFO)
			return true;
	return o->capath || o->insecure;
}

void
authorities_init(struct authorities *a, const struct fetch_options *o)
{
	const char *bundle = value_of("CURL_CA_BUNDLE");

	*a = (struct authorities){0};
	if (names_authorities(o))
		return;
	if (bundle) {
		a->file = bundle;
		a->shown = xasprintf("CURL_CA_BUNDLE=%s", bundle);
		return;
	}
	a->file = value_of("SSL_CERT_FILE");
	a->folder = value_of("SSL_CERT_DIR");
	if (a->file || a->folder)
		a->shown =
		    xasprintf("%s%s%s%s%s", a->file ? "SSL_CERT_FILE=" : "",
		        a->file ? a->file : "", a->file && a->folder ? " " : "",
		        a->folder ? "SSL_CERT_DIR=" : "",
		        a->folder ? a->folder : "");
}
