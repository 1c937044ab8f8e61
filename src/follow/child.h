/*
 * Requests that follow on an answer. They belong to the same input as the
 * one before them, and have its options; what is secret stays behind where
 * they go to another origin.
 */
#ifndef GATHER_FOLLOW_CHILD_H
#define GATHER_FOLLOW_CHILD_H

#include "request/request.h"
#include "request/result.h"

/* What it follows on. Borrowed. */
struct child_parent {
	const struct request *request;
	const struct result *result;
	enum trust_rule rule;
};

/* Give it its URL, relative to the effective one of the parent, and its trust
 * (request/trust.h). A bad URL makes it invalid. */
void child_set_url(
    struct request *child, const struct child_parent *, const char *url);
/*
 * The next page behind the parent: at `url`, its number one more, its file's
 * name made anew. Owned by the caller.
 */
struct request *child_new_page(const struct child_parent *, const char *url);

#endif
