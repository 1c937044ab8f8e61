/*
 * A mark: a line of text that is kept with a file, as an extended attribute, so
 * that it is gone with the file, stays with it under another name, and is never
 * older or newer than its content.
 */
#ifndef GATHER_FILES_MARK_H
#define GATHER_FILES_MARK_H

#include <stdbool.h>

/* Replace the mark of the file `fd`; NULL: remove it. -1 with errno, ENOTSUP:
 * this file system or this system has no marks. */
int mark_set(int fd, const char *text);
/* The mark of the file. Caller frees; NULL: it has none. */
char *mark_get(int fd);

/* Can files in `folder` have marks? False only if that is known. */
bool mark_is_possible(const char *folder);

#endif
