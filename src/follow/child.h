/*
 * Requests that follow on an answer. They belong to the same input as the
 * one before them, and have its options; what is secret stays behind where
 * they go to another origin.
 */
#ifndef GATHER_FOLLOW_CHILD_H
#define GATHER_FOLLOW_CHILD_H

#include "request/request.h"
#include "request/result.h"

enum child_trust {
	CHILD_UNTRUSTED,
	CHILD_TRUSTED /* --location-trusted */
};

/* Give it its URL, relative to the effective one of `parent`, whose result is
 * `r`. A bad one makes it invalid. */
void child_set_url(struct request *child, const struct request *parent,
    const struct result *r, const char *url);
/*
 * The next page behind `request`, whose result is `r`: at `url`, relative to
 * the effective one, its number one more, its file's name made anew. A bad
 * URL makes it invalid. Owned by the caller.
 */
struct request *child_new_page(const struct request *, const struct result *r,
    const char *url, enum child_trust);

#endif
