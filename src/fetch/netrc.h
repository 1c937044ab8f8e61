/*
 * A netrc file (ftp(1), curl(1)): names and passwords by host.
 *
 * It is read once for a run, not left to libcurl, which would read it for each
 * transfer, give `default` to any host that a server redirects to, and use the
 * password of one login for another.
 */
#ifndef GATHER_FETCH_NETRC_H
#define GATHER_FETCH_NETRC_H

#include <stddef.h>

struct netrc_entry {
	char *machine;  /* host; NULL: the entry is `default` */
	char *login;    /* NULL: the file does not say */
	char *password; /* NULL: the file does not say */
};

/* All zero: an empty file. */
struct netrc {
	struct netrc_entry *entries; /* in the order of the file */
	size_t len;
};

/* Parse `text`. Nothing in it is an error: macros and unknown words are
 * skipped. */
void netrc_parse(struct netrc *, const char *text);
/* Read `file`, or ~/.netrc if that is NULL or "". A file that cannot be read is
 * like an empty one. */
void netrc_read(struct netrc *, const char *file);
/* Free the entries; the file is empty afterwards. */
void netrc_release(struct netrc *);

enum netrc_default {
	NETRC_MACHINE_ONLY, /* entries that name the host */
	NETRC_OR_DEFAULT    /* the entry for all other hosts, too */
};

/*
 * "name:password" for `host`: of its first entry or, if `login` is not NULL, of
 * its first entry for that login. If that entry has no password, the text ends
 * with the colon. Caller frees; NULL: there is no entry, or it says nothing.
 */
char *netrc_find(const struct netrc *, const char *host, const char *login,
    enum netrc_default);

#endif
