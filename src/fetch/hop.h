/*
 * A hop: where one transfer of a request goes, and how. The first hop goes to
 * the URL of the request itself; each redirect that is followed makes another.
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
	bool no_body;       /* it is a POST that became a GET */
	bool no_expect;     /* after a 417: send no Expect, not that of -H */
	struct trust trust; /* what may be sent, and where it may lead */
	unsigned number;    /* redirects so far */
};

/* A first hop, for a request without userinfo of its own. */
void hop_init(struct hop *);
/* Make *hop, which was initialised, the first hop of `request`. */
void hop_start(struct hop *, const struct request *);
/* Make `to`, which is uninitialised storage, a copy of `from`. */
void hop_copy(struct hop *to, const struct hop *from);
/* Free what the hop owns; it is a first hop afterwards. */
void hop_release(struct hop *);
/* The URL, origin and method of the hop, which is one of `request`. Borrowed
 * from either. */
const char *hop_url(const struct hop *, const struct request *);
const char *hop_origin(const struct hop *, const struct request *);
const char *hop_method(const struct hop *, const struct request *);
/* Whether what is sent may be sent twice. The method may have changed on the
 * way, and an Idempotency-Key does not leave its origin. */
enum resend_method hop_resend_method(
    const struct hop *, const struct request *);

enum redirect_verdict {
	REDIRECT_NONE,   /* the result is not a redirect: it stands */
	REDIRECT_FOLLOW, /* *hop is the next one now */
	REDIRECT_FAILED, /* the result became a failure of class `redirect` */
};

/*
 * Is `r`, the result of a transfer to *hop, a redirect to be followed? Then
 * make *hop the next hop. Methods change as in the Fetch standard: 301 and 302
 * turn POST into GET, 303 everything but HEAD. The result becomes a failure,
 * whose message says what to do, where -L is missing, too many redirects were
 * followed, or the redirect leads away from http and https, from https to http,
 * or to another origin with a body.
 */
enum redirect_verdict redirect_next(const struct fetch_options *,
    const struct request *, struct result *r, struct hop *hop);

#endif
