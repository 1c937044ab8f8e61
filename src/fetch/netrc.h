/*
 * A netrc file (ftp(1), curl(1)): names and passwords by host. Read once;
 * libcurl would read it for each transfer, give `default` to whoever a server
 * names, and the password of one login to another.
 */
#ifndef GATHER_FETCH_NETRC_H
#define GATHER_FETCH_NETRC_H

#include <stddef.h>

struct netrc_entry {
	char *machine; /* NULL: of `default` */
	char *login;   /* NULL: not said, as is the next */
	char *password;
};

struct netrc {
	struct netrc_entry *entries;
	size_t len;
};

/* Read it as far as it goes: macros and what is unknown are passed over. */
void netrc_parse(struct netrc *, const char *text);
/* `file` NULL or "": ~/.netrc. One that is not there is empty. */
void netrc_read(struct netrc *, const char *file);
void netrc_release(struct netrc *);

enum netrc_default {
	NETRC_MACHINE_ONLY,
	NETRC_OR_DEFAULT /* the entry for all other hosts, too */
};

/*
 * "name:password" for `host`: of the first entry, or of the one for `login`
 * unless that is NULL. An entry without a password gives none. NULL: there
 * is none. Caller frees.
 */
char *netrc_find(const struct netrc *, const char *host, const char *login,
    enum netrc_default);

#endif
