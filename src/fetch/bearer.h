/* --oauth2-bearer: a token, or a file that holds one and may be renewed. */
#ifndef GATHER_FETCH_BEARER_H
#define GATHER_FETCH_BEARER_H

/*
 * The token of "TOKEN" or "@FILE", read anew at each call, so that a file
 * that was renewed counts from the next request on. Blanks around it are
 * dropped. Caller frees; NULL with *cause set (caller frees).
 */
char *bearer_token(const char *text, char **cause);

#endif
