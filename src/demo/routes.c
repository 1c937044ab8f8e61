/*
 * From a request to the handler of its route; and the list of all routes, which
 * is the answer to "/".
 */
#include "config.h"

#include "demo/routes.h"

#include <string.h>

#include "demo/reply.h"

static const struct route {
	const char *path;     /* what requests begin with */
	size_t len;           /* of the path */
	const char *argument; /* what follows it, for the list */
	visit_handler *answer;
	const char *help;
} routes[] = {
#define X(path, argument, handler, help) \
	{path, sizeof(path) - 1, argument, handler, help},
    ROUTES(X)
#undef X
};

enum {
	ROUTES_LEN = sizeof(routes) / sizeof(routes[0])
};

void
answer_index(const struct visit *v)
{
	struct buf b;

	buf_init(&b);
	for (size_t i = 0; i < ROUTES_LEN; i++) {
		const struct route *r = &routes[i];

		buf_addf(&b, "%s%-*s%s\n", r->path, (int)(22 - r->len),
		    r->argument, r->help);
	}
	reply_send(v, 200, "text/plain; charset=utf-8", &b);
}

/* Does the route serve `path`? "/items/" serves all that begins with it, such
 * as
 * "/items/7"; "/items" serves nothing else. "/" does not serve all. */
static bool
serves(const struct route *r, const char *path)
{
	if (strncmp(path, r->path, r->len) != 0)
		return false;
	return path[r->len] == '\0' ||
	       (r->len > 1 && r->path[r->len - 1] == '/');
}

/* The route that serves `path`, or NULL. */
static const struct route *
find_route(const char *path)
{
	for (size_t i = 0; i < ROUTES_LEN; i++) {
		if (serves(&routes[i], path))
			return &routes[i];
	}
	return NULL;
}

void
routes_answer(struct demo *d, struct evhttp_request *req)
{
	const struct evhttp_uri *uri = d->evhttp.request_get_evhttp_uri(req);
	const char *path = uri ? d->evhttp.uri_get_path(uri) : NULL;
	const struct route *r = find_route(path && *path ? path : "/");
	struct visit v = {.demo = d, .req = req};

	if (!r) {
		reply_error(&v, 404, "no such page; / lists all pages");
		return;
	}
	v.rest = path && *path ? path + r->len : "";
	r->answer(&v);
}
