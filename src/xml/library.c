/* Loading libxml2, and its state of each thread. */
#include "config.h"

#include "xml/library.h"

#ifdef HAVE_LIBXML2

#include <stdbool.h>
#include <stdlib.h>

#include "base/xalloc.h"

static const char *const functions[] = {LIBXML_FUNCTIONS(LIBRARY_NAME) NULL};

static const struct library library = {
    .soname = XML2_SONAME,
    .package = XML2_PACKAGE,
    .functions = functions,
};

/* libxml2 allocates by xmalloc, which ends the program where there is no
 * memory: left to itself it drops or follows what it had no room for. */
int
libxml_load(struct libxml *libxml, char **cause)
{
	if (library_load(&library, libxml, cause) < 0)
		return -1;
	libxml->xmlMemSetup(free, xmalloc, xrealloc, xstrdup);
	return 0;
}

/* Is there a state for this thread, made if need be? The older function reports
 * its want of memory by way of the state that it could not make, for ever; so
 * there is room for one before it is called. */
static bool
has_thread_state(const struct libxml *libxml)
{
#if LIBXML_VERSION < 21200
	free(xmalloc(sizeof(xmlGlobalState)));
	return libxml->xmlGetGlobalState() != NULL;
#else
	return libxml->xmlCheckThreadLocalStorage() == 0;
#endif
}

void
libxml_enter_thread(const struct libxml *libxml)
{
	if (!has_thread_state(libxml))
		die("out of memory");
}

#endif
