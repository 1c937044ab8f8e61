/*
 * Where a path leads: two that lead to the same place name one file.
 */
#ifndef GATHER_FILES_PLACE_H
#define GATHER_FILES_PLACE_H

#include <stdbool.h>

/* The folder's real path. What is not there yet stands behind what is, "." and
 * ".." resolved. Caller frees. */
char *place_of_folder(const char *folder);
/* Do they name one file, there or not: by another spelling, or by a hard or a
 * symbolic link? What many may write to (/dev/null) is none. */
bool place_is_same(const char *one, const char *other);

#endif
