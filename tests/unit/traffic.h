/* A request as those see it who draw a run: with what went over the wire. */
#ifndef GATHER_TESTS_TRAFFIC_H
#define GATHER_TESTS_TRAFFIC_H

#include "base/xalloc.h"
#include "request/request.h"
#include "request/result.h"

struct traffic {
	struct request_options options;
	struct request *request;
	struct result result;
};

/* Nothing was sent so far. */
static inline void
traffic_init(struct traffic *t, unsigned n, const char *url)
{
	request_options_init(&t->options);
	t->request = request_new(&t->options, url);
	t->request->n = n;
	result_init(&t->result);
}

/* Its last transfer: `x`, to its URL. */
static inline void
traffic_add(struct traffic *t, struct exchange x)
{
	struct exchanges *list = &t->result.exchanges;

	x.url = xstrdup(t->request->input);
	list->items =
	    xreallocarray(list->items, list->len + 1, sizeof(*list->items));
	list->items[list->len++] = x;
	t->result.done_us = x.start_us + x.total_us;
}

static inline void
traffic_release(struct traffic *t)
{
	result_release(&t->result);
	request_free(t->request);
	request_options_release(&t->options);
}

#endif
