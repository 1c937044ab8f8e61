/*
 * How one answer points to another: the header Link (RFC 8288) and the
 * parameters in the query of a URL; and how a journal keeps such headers
 * without the secrets in them.
 *
 *	Link: <https://example.org/items?page=2>; rel="next", <...>; rel=last
 */
#ifndef GATHER_FOLLOW_LINK_H
#define GATHER_FOLLOW_LINK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Append the target of the first link of relation `rel` (lower case) in
 * `headers`, a block of header lines, or NULL. The target is appended as it was
 * written, so it may be relative. Returns false with nothing appended if there
 * is no such link. Links that are about another page (they have an anchor) do
 * not count, and malformed ones are skipped; a value without quotes may hold
 * blanks, as some servers send it.
 */
bool link_find(const char *headers, const char *rel, struct buf *target);

/* The value of the query parameter `name` as it stands in `url`, *len bytes
 * borrowed from `url`; NULL if `url` has no such parameter. Its name in `url`
 * may be percent-encoded. */
const char *query_get(const char *url, const char *name, size_t *len);
/* Append `url` with the parameter `name` set to `value`, which is percent-
 * encoded here. A parameter of that name is replaced; else the new one follows
 * all others, before the fragment. */
void query_add_with(struct buf *out, const char *url, const char *name,
    const struct buf *value);

enum link_lines {
	LINK_LINES,          /* keep the Link headers only */
	LINK_AND_OTHER_LINES /* keep all headers */
};

/*
 * Append lines of `headers` (a block, the blocks of several answers one after
 * the other, or NULL), received in answer to `url`, with "***" in the place of
 * secrets. Returns false if a link holds a secret that `url` does not have: the
 * next page could not be asked for later, as link_restore_secrets would not
 * find that secret.
 */
bool link_hide_secrets(
    struct buf *, const char *headers, const char *url, enum link_lines);
/* Append `headers`, as link_hide_secrets made them, with the values of the
 * parameters of `url` in the place of the "***" of their namesakes. */
void link_restore_secrets(struct buf *, const char *headers, const char *url);

#endif
