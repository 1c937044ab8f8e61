/*
 * Families, which are little more than a counter, and the children in them:
 * what a child takes from its parent depends on where its URL leads.
 */
#include "config.h"

#include "follow/child.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "request/names.h"
#include "request/template.h"
#include "request/url.h"

/* --- all that follows on one input ---------------------------------------- */

struct family *
family_new(void)
{
	struct family *f = xcalloc(1, sizeof(*f));

	f->refs = 1;
	hash_set_init(&f->seen);
	return f;
}

struct family *
family_ref(struct family *f)
{
	f->refs++;
	return f;
}

void
family_unref(struct family *f)
{
	if (!f || --f->refs > 0)
		return;
	hash_set_release(&f->seen);
	free(f);
}

bool
family_has_page(const struct family *f, const char *url)
{
	return hash_set_has(&f->seen, hash_text(url));
}

bool
family_add_page(struct family *f, const char *url)
{
	return hash_set_add(&f->seen, hash_text(url));
}

/* --- a request that follows on an answer ---------------------------------- */

/* Make the child invalid. Frees `cause`. */
static void
make_invalid(struct request *child, char *cause)
{
	request_fail(child, "%s", cause);
	free(cause);
}

/* The origin that the redirects of the parent led to; the caller unrefs it.
 * NULL: url_effective is not a URL, as a journal of an older version may have
 * it. */
static const char *
effective_origin(const struct request *request, const struct result *r)
{
	const char *origin;
	struct url u;
	char *cause;

	if (!r->url_effective || strcmp(r->url_effective, request->url) == 0)
		return origin_ref(request->origin);
	if (url_parse(&u, r->url_effective, NULL, URL_HTTP_ONLY, &cause)) {
		free(cause);
		return NULL;
	}
	origin = origin_ref(u.origin);
	url_release(&u);
	return origin;
}

/* Give the child the userinfo of the parent's URL if it stays at that origin.
 * It gets none where redirects have led elsewhere meanwhile: then it is another
 * server that asks to come back. */
static void
keep_user(
    struct request *child, const struct child_parent *p, const char *effective)
{
	const struct request *parent = p->request;

	if (child->user || !parent->user)
		return;
	if (p->rule == TRUST_EVERYBODY ||
	    (effective && strcmp(effective, parent->origin) == 0 &&
	        strcmp(child->origin, parent->origin) == 0 &&
	        child->trust.foreign == parent->trust.foreign))
		child->user = xstrdup(parent->user);
}

/* The URL of the answer. */
static const char *
effective_url(const struct child_parent *p)
{
	const char *url = p->result->url_effective;

	return url ? url : p->request->url;
}

char *
child_base(const struct child_parent *p, const char *href)
{
	char *text = url_of_page(href);
	char *cause, *base = NULL;
	struct url u;

	if (url_parse(&u, text, effective_url(p), URL_FROM_SERVER, &cause)) {
		free(cause);
	} else {
		base = u.text;
		u.text = NULL;
		url_release(&u);
	}
	free(text);
	return base;
}

/* Set a URL that is relative to the base of a page. There "#place" leads to the
 * base, which is another page. */
static void
set_url_from(
    struct request *child, const struct child_parent *p, const char *url)
{
	char *whole;

	if (!p->base || url[strspn(url, " \t\r\n\f")] != '#') {
		request_set_url_from(
		    child, url, p->base ? p->base : effective_url(p));
		return;
	}
	whole = xasprintf("%s%s", p->base, strchr(url, '#'));
	request_set_url_from(child, whole, p->base);
	free(whole);
}

bool
child_is_inside(const struct request *child, const struct child_parent *p)
{
	const char *page = effective_url(p);
	size_t len = strcspn(page, "#");

	return child->shown_url && strlen(child->url) == len &&
	       memcmp(child->url, page, len) == 0;
}

void
child_set_url(
    struct request *child, const struct child_parent *p, const char *url)
{
	const struct result *r = p->result;
	const char *origin = effective_origin(p->request, r);

	child->trust = r->trust;
	child->follows = true;
	set_url_from(child, p, url);
	if (!child->invalid) {
		trust_step(&child->trust, origin ? origin : "", child->origin,
		    p->rule);
		keep_user(child, p, origin);
	}
	origin_unref(origin);
}

/* Expand -o anew for the child, as {{page}} may be in it. */
static void
expand_output(struct request *child)
{
	const char *text = child->options->output;
	struct request_values values;
	struct template_values get;
	struct buf name = {0};
	struct template *t;
	char *cause;

	if (!text || child->invalid)
		return;
	request_values_init(&values);
	request_values_set(&values, child, child->input, child->input_len);
	get = request_values_of(&values);
	t = template_new(text, strlen(text), TEMPLATE_FILE, &cause);
	if (!t || template_expand(t, &get, &name, &cause)) {
		make_invalid(child, cause);
		buf_release(&name);
	} else {
		child->output = buf_take(&name);
	}
	template_free(t);
	request_values_release(&values);
}

struct request *
child_new_page(const struct child_parent *p, const char *url)
{
	struct request *page = request_new_like(p->request);

	page->page = p->request->page + 1;
	child_set_url(page, p, url);
	expand_output(page);
	return page;
}
