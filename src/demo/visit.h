/*
 * One request to the demo server, which is what the handler of a route gets.
 */
#ifndef GATHER_DEMO_VISIT_H
#define GATHER_DEMO_VISIT_H

#include <stdbool.h>
#include <stdint.h>

#include <event2/event.h>

#include "base/buf.h"
#include "base/list.h"
#include "demo/evhttp.h"
#include "demo/tally.h"

struct replayer;

/* A running server. */
struct demo {
	struct evhttp_functions evhttp;
	struct event_base *base;
	struct evhttp *http;
	struct list waiting;     /* answers that wait for a timer; reply.c */
	struct tallies tallies;  /* of earlier visits; counted.c */
	struct replayer *replay; /* it answers; NULL: the routes do */
};

/* A request that is to be answered. All of it is borrowed. */
struct visit {
	struct demo *demo;
	struct evhttp_request *req;
	const char *rest; /* the path after the one of the route: "1.5", "" */
};

/* Answers a visit, at once or later (reply.h). */
typedef void visit_handler(const struct visit *);

/* The method of the request; "" for one that evhttp has no number for. */
const char *visit_method(const struct visit *);
/* The query parameter `name`, decoded; NULL if it is missing. Caller frees. */
char *visit_query(const struct visit *, const char *name);
/* The query parameter `name` as a whole number; `otherwise` if it is missing or
 * not a number. */
uint64_t visit_query_number(
    const struct visit *, const char *name, uint64_t otherwise);
/* The value of the request header `name`; NULL if it is missing. Borrowed. */
const char *visit_header(const struct visit *, const char *name);
/* Add a header to the answer. */
void visit_add_header(
    const struct visit *, const char *name, const char *value);
/* Append "http://HOST:PORT", as the client addressed the server. It has only
 * characters that need no escaping in JSON, HTML and headers. */
void visit_add_base(const struct visit *, struct buf *);
/*
 * Read a whole number up to `max` at the front of *text, and move *text behind
 * it and one `/`. Returns false if there is none, if it is larger, or if
 * anything else follows.
 */
bool visit_take_number(const char **text, uint64_t max, uint64_t *out);
/* Read a number like visit_take_number, with or without a decimal fraction. */
bool visit_take_decimal(const char **text, double max, double *out);

#endif
