/* Loads evhttp: the names of its functions become the list for library_load. */
#include "config.h"

#include "demo/evhttp.h"

#include <stdlib.h>

#include "base/library.h"
#include "base/xalloc.h"

#define NAME(name) "evhttp_" #name,

static const char *const functions[] = {EVHTTP_FUNCTIONS(NAME) NULL};

static const struct library library = {
    .soname = EVHTTP_SONAME,
    .package = EVHTTP_PACKAGE,
    .functions = functions,
};

int
evhttp_load(struct evhttp_functions *evhttp, char **cause)
{
	char *why;

	if (library_load(&library, evhttp, &why) == 0)
		return 0;
	*cause = xasprintf("the demo server needs evhttp: %s", why);
	free(why);
	return -1;
}
