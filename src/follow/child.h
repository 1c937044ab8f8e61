/*
 * Requests that follow on an answer: the next page, or one request of each
 * match (fanout.h). They belong to the same input as the request before them
 * and have its options; secrets stay behind when they go to another origin.
 *
 * All requests of one input are a family. It is counted, so that --max-pages
 * and --max-requests can end it, and remembers its pages, so that pagination
 * does not go in circles.
 */
#ifndef GATHER_FOLLOW_CHILD_H
#define GATHER_FOLLOW_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "request/request.h"
#include "request/result.h"

struct family {
	size_t refs;       /* jobs that belong to it */
	uint64_t followed; /* requests made beside the input's own */
	uint64_t id;       /* the same in each run, where a journal wants it */
	uint64_t last_k;   /* {{k}} of the last record; 0: none so far */
	struct hash_set seen; /* hashes of the URLs of its pages */
};

/* A family with one reference, the caller's. */
struct family *family_new(void);
/* Returns the family with one reference more. */
struct family *family_ref(struct family *);
/* Give a reference back; the last one frees the family. NULL is fine. */
void family_unref(struct family *);
/* Does the family remember the URL as that of a page? */
bool family_has_page(const struct family *, const char *url);
/* Remember the URL of a page. Returns false if it was remembered before: the
 * pages go in a circle. Eight bytes stand for a URL, so of 100,000 pages one
 * in 10^9 runs mistakes one for another. */
bool family_add_page(struct family *, const char *url);

/* The answer that a child follows on, and the request that got it. Borrowed. */
struct child_parent {
	const struct request *request;
	const struct result *result;
	enum trust_rule rule; /* whether other origins get the secrets, too */
	const char *base; /* what relative URLs begin at, absolute; NULL: the
	                   * effective URL of the answer */
};

/* The base that a page sets for its links by <base href>, as an absolute URL
 * (HTML, 2.4.1). NULL: `href` cannot be used, and is ignored. Caller frees. */
char *child_base(const struct child_parent *, const char *href);

/* Give `child` its URL, which may be relative to the base, and its trust
 * (request/lineage.h), which depends on who has answered, not on the base. A
 * URL that cannot be used makes the child invalid; it then walks on as a failed
 * result. */
void child_set_url(
    struct request *child, const struct child_parent *, const char *url);
/* Does the child only name a place in the page that led to it: is its URL that
 * page's, and has a fragment? */
bool child_is_inside(const struct request *child, const struct child_parent *);
/*
 * The page that follows on the parent's, at `url`: its number is one more, and
 * the name of its file is expanded anew, as {{page}} may stand in it. Owned by
 * the caller; invalid where `url` or that name cannot be used.
 */
struct request *child_new_page(const struct child_parent *, const char *url);

#endif
