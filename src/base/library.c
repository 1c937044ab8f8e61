/* Loading a shared library and looking its functions up, by dlopen(3). */
#include "config.h"

#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

#include "base/xalloc.h"

static int
set_cause(const struct library *library, char **cause)
{
	*cause = xasprintf("cannot load %s; on Debian and Ubuntu: apt-get "
	                   "install %s (%s)",
	    library->soname, library->package, dlerror());
	return -1;
}

/* POSIX wants a function pointer and a data pointer to look the same; C does
 * not, so the bytes are copied. */
void
library_find_next(const char *name, void *function)
{
	void *found = dlsym(RTLD_NEXT, name);

	memcpy(function, &found, sizeof(found));
}

static int
fill_table(const struct library *library, void *handle, void *table)
{
	char *at = table;

	for (size_t i = 0; library->functions[i]; i++) {
		void *function = dlsym(handle, library->functions[i]);

		if (!function)
			return -1;
		memcpy(at, &function, sizeof(function));
		at += sizeof(function);
	}
	return 0;
}

int
library_load(const struct library *library, void *table, char **cause)
{
	void *handle = dlopen(library->soname, RTLD_LAZY | RTLD_LOCAL);

	if (!handle || fill_table(library, handle, table))
		return set_cause(library, cause);
	return 0;
}

int
library_find(const struct library *library, void *table)
{
	void *handle =
	    dlopen(library->soname, RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);

	return handle ? fill_table(library, handle, table) : -1;
}
