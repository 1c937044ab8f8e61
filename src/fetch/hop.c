/*
 * Redirects, step by step: is the result one, may it be followed, and what the
 * next request is. They are followed here, not by libcurl, so that each hop
 * waits for the rate limits of its origin, and so that nothing secret goes to
 * another one.
 */
#include "config.h"

#include "fetch/hop.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "request/url.h"

void
hop_init(struct hop *hop)
{
	*hop = (struct hop){0};
}

void
hop_start(struct hop *hop, const struct request *request)
{
	hop_release(hop);
	hop->trust = request->trust;
	hop->user = xstrdup_null(request->user);
}

void
hop_copy(struct hop *to, const struct hop *from)
{
	*to = *from;
	to->url = xstrdup_null(from->url);
	to->from = xstrdup_null(from->from);
	to->user = xstrdup_null(from->user);
	to->fragment = xstrdup_null(from->fragment);
	if (from->origin)
		to->origin = origin_ref(from->origin);
}

void
hop_release(struct hop *hop)
{
	free(hop->url);
	free(hop->from);
	free(hop->user);
	free(hop->fragment);
	origin_unref(hop->origin);
	hop_init(hop);
}

const char *
hop_url(const struct hop *hop, const struct request *request)
{
	return hop->url ? hop->url : request->url;
}

const char *
hop_origin(const struct hop *hop, const struct request *request)
{
	return hop->origin ? hop->origin : request->origin;
}

const char *
hop_method(const struct hop *hop, const struct request *request)
{
	return hop->method ? hop->method
	                   : request_options_method(request->options);
}

enum resend_method
hop_resend_method(const struct hop *hop, const struct request *request)
{
	enum resend_method method =
	    resend_method_named(hop_method(hop, request));

	return method == RESEND_POST && !hop->trust.foreign
	           ? request_resend_method(request)
	           : method;
}

static bool
is_redirect(const struct result *r)
{
	return result_ok(r) && r->status >= 300 && r->status < 400 &&
	       r->status != 304 && r->location;
}

/* Is the result a redirect without a Location? 300 and 304 may do without one;
 * the others say nothing else. */
static bool
leads_nowhere(const struct result *r)
{
	return result_ok(r) && !r->location &&
	       ((r->status >= 301 && r->status <= 303) || r->status == 307 ||
	           r->status == 308);
}

/* Change the method of the next request as browsers do (RFC 9110, 15.4; Fetch
 * standard, HTTP-redirect fetch). */
static void
change_method(int status, const struct request *request, struct hop *hop)
{
	const char *method = hop_method(hop, request);
	bool post = strcmp(method, "POST") == 0;

	if ((status == 303 && strcmp(method, "HEAD") != 0 &&
	        strcmp(method, "GET") != 0) ||
	    ((status == 301 || status == 302) && post)) {
		hop->method = "GET";
		hop->no_body = true;
	}
}

/* Make the result a failure: the redirect to its target is not followed. */
static void
refuse_redirect(struct result *r, const char *reason, const char *what)
{
	char *target = url_redacted(r->redirect_url);

	failure_set(&r->failure, ERROR_REDIRECT, reason, r->status,
	    "%d redirects to %s: %s", r->status, target, what);
	free(target);
}

/* False: the result has become a failure. */
static bool
may_follow(const struct fetch_options *options, struct result *r,
    const struct hop *hop)
{
	if (!options->follow) {
		refuse_redirect(r, "not followed", "use -L to follow");
		return false;
	}
	if (hop->number >= options->max_redirects) {
		char *target = url_redacted(r->redirect_url);

		failure_set(&r->failure, ERROR_REDIRECT, "too many", r->status,
		    "redirected again, to %s, after %u redirects; "
		    "--max-redirs allows more",
		    target, hop->number);
		free(target);
		return false;
	}
	return true;
}

/* The Referer for a redirect from `url`: another origin is only told the
 * origin, as browsers do by default. Caller frees. */
static char *
referer(const char *url, bool same_origin)
{
	const char *path = strchr(strstr(url, "://") + 3, '/');

	return same_origin || !path ? xstrdup(url)
	                            : xmemdup0(url, (size_t)(path - url) + 1);
}

/* Userinfo belongs to one origin, so that it stays behind; a redirect may bring
 * its own. */
static void
move_user(struct hop *hop, struct url *to, bool same_origin)
{
	if (same_origin && !to->user)
		return;
	free(hop->user);
	hop->user = to->user;
	to->user = NULL;
}

/* Make *hop the next one, to *to, whose parts are moved out. */
static void
advance_hop(const struct request *request, struct hop *hop, struct url *to,
    enum trust_rule rule)
{
	const char *origin = hop_origin(hop, request);
	bool same_origin =
	    rule == TRUST_EVERYBODY || strcmp(origin, to->origin) == 0;
	char *from = referer(hop_url(hop, request), same_origin);

	trust_step(&hop->trust, origin, to->origin, rule);

	free(hop->from);
	hop->from = from;
	move_user(hop, to, same_origin);
	free(hop->fragment);
	hop->fragment = to->fragment;
	to->fragment = NULL;
	free(hop->url);
	origin_unref(hop->origin);
	hop->url = to->text;
	hop->origin = to->origin;
	hop->number++;
	to->text = NULL;
	to->origin = NULL;
}

enum redirect_verdict
redirect_next(const struct fetch_options *options,
    const struct request *request, struct result *r, struct hop *hop)
{
	struct url to;
	char *cause = NULL;
	bool downgrade;

	if (leads_nowhere(r)) {
		failure_set(&r->failure, ERROR_REDIRECT, "no location",
		    r->status,
		    "status %d without a Location header; --accept %d "
		    "makes it a success",
		    r->status, r->status);
		return REDIRECT_FAILED;
	}
	if (!is_redirect(r))
		return REDIRECT_NONE;
	if (!may_follow(options, r, hop))
		return REDIRECT_FAILED;
	if (url_parse(&to, r->location, hop_url(hop, request), URL_FROM_SERVER,
	        &cause)) {
		refuse_redirect(r, "bad target", cause);
		free(cause);
		return REDIRECT_FAILED;
	}
	downgrade = strncmp(hop_url(hop, request), "https:", 6) == 0 &&
	            strncmp(to.text, "http:", 5) == 0;
	if (downgrade && !options->location_trusted) {
		refuse_redirect(r, "downgrade",
		    "not followed from https to http; --location-trusted "
		    "allows it");
		url_release(&to);
		return REDIRECT_FAILED;
	}
	change_method(r->status, request, hop);
	hop->trust = r->trust;
	advance_hop(request, hop, &to,
	    options->location_trusted ? TRUST_EVERYBODY : TRUST_NOBODY);
	url_release(&to);
	if (hop->trust.foreign && request_has_body(request) && !hop->no_body) {
		refuse_redirect(r, "body",
		    "a request body is not sent to another origin; "
		    "--location-trusted sends it");
		return REDIRECT_FAILED;
	}
	return REDIRECT_FOLLOW;
}
