#include "config.h"

#include "follow/child.h"

#include <stdlib.h>
#include <string.h>

#include "request/template.h"
#include "request/url.h"
#include "request/values.h"

static void
fail_with(struct request *child, char *cause)
{
	request_fail(child, "%s", cause);
	free(cause);
}

/* Did redirects lead it away from its origin? */
static bool
went_away(const struct request *request, const struct result *r)
{
	struct url u;
	char *cause;
	bool away;

	if (!r->url_effective || strcmp(r->url_effective, request->url) == 0)
		return false;
	if (url_parse(&u, r->url_effective, NULL, URL_HTTP_ONLY, &cause)) {
		free(cause);
		return true;
	}
	away = strcmp(u.origin, request->origin) != 0;
	url_release(&u);
	return away;
}

/* Who is a stranger once stays one: an origin that got no secrets must not
 * send us back with them. */
static bool
is_foreign(const struct request *child, const struct request *parent,
    const struct result *r)
{
	return parent->foreign || strcmp(child->origin, parent->origin) != 0 ||
	       went_away(parent, r);
}

void
child_set_url(struct request *child, const struct request *parent,
    const struct result *r, const char *url)
{
	const char *base = r->url_effective ? r->url_effective : parent->url;

	request_set_url_from(child, url, base);
	if (!child->invalid)
		child->foreign = is_foreign(child, parent, r);
}

/* -o again: there may be {{page}} in it. */
static void
set_output(struct request *child)
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
		fail_with(child, cause);
		buf_release(&name);
	} else {
		child->output = buf_take(&name);
	}
	template_free(t);
	request_values_release(&values);
}

struct request *
child_new_page(const struct request *request, const struct result *r,
    const char *url, enum child_trust trust)
{
	struct request *page = request_new_like(request);

	page->page = request->page + 1;
	child_set_url(page, request, r, url);
	if (trust == CHILD_TRUSTED)
		page->foreign = false;
	set_output(page);
	return page;
}
