/* --oauth2-bearer @FILE: a file that holds a token and may be renewed. */
#ifndef GATHER_FETCH_BEARER_H
#define GATHER_FETCH_BEARER_H

/*
 * The token in the file `name`, read anew at each call, so that a file that
 * was renewed counts from the next request on. Blanks around it are dropped.
 * Caller frees; NULL with *cause set (caller frees).
 */
char *bearer_read(const char *name, char **cause);

#endif
