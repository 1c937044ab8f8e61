/* Strings are copied, not moved: the result still needs its own. */
#include "config.h"

#include "request/exchange.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "request/request.h"
#include "request/result.h"

void
exchanges_init(struct exchanges *list)
{
	*list = (struct exchanges){0};
}

static void
exchange_release(struct exchange *x)
{
	free(x->method);
	free(x->url);
	free(x->error_message);
	free(x->remote_ip);
	free(x->content_type);
	free(x->redirect_url);
	free(x->request_headers);
	free(x->headers);
	if (x->body)
		body_release(x->body);
	free(x->body);
}

void
exchanges_release(struct exchanges *list)
{
	for (size_t i = 0; i < list->len; i++)
		exchange_release(&list->items[i]);
	free(list->items);
	exchanges_init(list);
}

void
exchanges_keep_body(struct exchanges *list, struct body *body)
{
	struct exchange *x = &list->items[list->len - 1];

	x->body = xcalloc(1, sizeof(*x->body));
	*x->body = *body;
	body_init(body);
}

/* Append an empty exchange. Most requests have one, so the list begins with
 * room for one. */
static struct exchange *
append(struct exchanges *list)
{
	if (list->len == list->cap) {
		list->cap = list->cap ? 2 * list->cap : 1;
		list->items =
		    xreallocarray(list->items, list->cap, sizeof(*list->items));
	}
	list->items[list->len] = (struct exchange){0};
	return &list->items[list->len++];
}

static void
copy_answer(struct exchange *x, const struct result *r)
{
	x->status = r->status;
	x->http_version = r->http_version;
	x->error_class = (int)r->failure.class;
	x->error_message = xstrdup_null(r->failure.message);
	x->remote_ip = xstrdup_null(r->remote_ip);
	x->remote_port = r->remote_port;
	x->local_port = r->local_port;
	x->num_connects = r->num_connects;
	x->content_type = xstrdup_null(r->content_type);
	x->redirect_url = xstrdup_null(r->redirect_url);
	x->request_headers = xstrdup_null(r->request_headers);
	x->headers = xstrdup_null(r->headers);
	x->size_download = r->size_download;
	x->size_upload = r->size_upload;
	x->size_header = r->size_header;
	x->size_request = r->size_request;
}

static void
copy_phases(struct exchange *x, const struct timing *t)
{
	x->namelookup_us = t->namelookup_us;
	x->connect_us = t->connect_us;
	x->appconnect_us = t->appconnect_us;
	x->pretransfer_us = t->pretransfer_us;
	x->starttransfer_us = t->starttransfer_us;
	x->total_us = t->total_us;
}

struct exchange *
exchanges_add(struct exchanges *list, const struct request *request,
    const struct result *r)
{
	struct exchange *x = append(list);
	const char *url;

	x->method = xstrdup(request_options_method(request->options));
	url = r->url_effective ? r->url_effective : request->url;
	x->url = url ? xmemdup0(url, strcspn(url, "#")) : NULL;
	copy_answer(x, r);
	copy_phases(x, &r->timing);
	return x;
}
