/* Loading SQLite. */
#include "config.h"

#include "sink/sqlite_library.h"

#ifdef HAVE_SQLITE

#include <stddef.h>

#define NAME(name) "sqlite3_" #name,

static const char *const functions[] = {SQLITE_FUNCTIONS(NAME) NULL};

static const struct library library = {
    .soname = SQLITE_SONAME,
    .package = SQLITE_PACKAGE,
    .functions = functions,
};

int
sqlite_load(struct sqlite *sqlite, char **cause)
{
	sqlite->db = NULL;
	return library_load(&library, sqlite, cause);
}

#endif
