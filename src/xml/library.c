/* Loading libxml2, and its state of each thread. */
#include "config.h"

#include "xml/library.h"

#ifdef HAVE_LIBXML2

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/xalloc.h"

static const char *const functions[] = {LIBXML_FUNCTIONS(LIBRARY_NAME) NULL};

static const struct library library = {
    .soname = XML2_SONAME,
    .package = XML2_PACKAGE,
    .functions = functions,
};

/* What libxml2 has one of in a process, whoever uses it. */
static pthread_mutex_t set_up_lock = PTHREAD_MUTEX_INITIALIZER;
static bool is_set_up;

/* libxml2 allocates by xmalloc, which ends the program where there is no
 * memory: left to itself it drops or follows what it had no room for. The
 * functions that it allocates by, and the tables of its parser, are the
 * process's: they are set once, before a second thread can be in it. */
static void
set_up(const struct libxml *libxml)
{
	pthread_mutex_lock(&set_up_lock);
	if (!is_set_up) {
		libxml->xmlMemSetup(free, xmalloc, xrealloc, xstrdup);
		libxml->xmlInitParser();
		is_set_up = true;
	}
	pthread_mutex_unlock(&set_up_lock);
}

int
libxml_load(struct libxml *libxml, char **cause)
{
	if (library_load(&library, libxml, cause) < 0)
		return -1;
	set_up(libxml);
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
