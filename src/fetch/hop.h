/*
 * A hop: where one transfer of a request goes. The first is the URL of the
 * request itself; each redirect that is followed makes another.
 */
#ifndef GATHER_FETCH_HOP_H
#define GATHER_FETCH_HOP_H

#include <stdbool.h>

#include "fetch/options.h"
#include "request/request.h"
#include "request/result.h"

struct hop {
	char *url;          /* owned; NULL: the request's own */
	char *from;         /* owned; the URL that redirected here, or NULL */
	const char *origin; /* counted (url.h); NULL: the request's own */
	const char *method; /* static; NULL: the request's own */
	char *user;         /* owned; userinfo of a URL at this origin; NULL */
	char *fragment;     /* owned; "#..." of the URL; NULL */
	bool no_body;       /* a POST that became a GET */
	bool no_expect;     /* after a 417: without the Expect of -H */
	struct trust trust; /* what it may take along, and lead to */
	unsigned number;    /* redirects so far */
};

void hop_init(struct hop *);
/* The first hop of `request`, with what it may not do. */
void hop_start(struct hop *, const struct request *);
void hop_release(struct hop *);
const char *hop_url(const struct hop *, const struct request *);
const char *hop_origin(const struct hop *, const struct request *);
const char *hop_method(const struct hop *, const struct request *);
/* What a second copy of what goes there does: its method may have changed,
 * and an Idempotency-Key stays with its origin. */
enum resend_method hop_resend_method(
    const struct hop *, const struct request *);

enum redirect_verdict {
	REDIRECT_NONE,   /* the result is no redirect: it stands as it is */
	REDIRECT_FOLLOW, /* *hop is the next one now */
	REDIRECT_FAILED, /* the result became a failure of class `redirect` */
};

/*
 * What follows on result `r` of a transfer to *hop. Methods change as in the
 * Fetch standard (301 and 302 turn POST into GET, 303 everything but HEAD).
 * A redirect that is not to be followed, leads away from http(s), down from
 * https to http, or to another origin with a body is a failure that says what
 * to do.
 */
enum redirect_verdict redirect_next(const struct fetch_options *,
    const struct request *, struct result *r, struct hop *hop);

#endif
