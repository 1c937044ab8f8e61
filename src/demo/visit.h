/*
 * One request that the demo server answers: what a route's handler gets.
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

/* A running server. */
struct demo {
	struct evhttp_functions evhttp;
	struct event_base *base;
	struct evhttp *http;
	struct list waiting; /* answers that wait for a timer; reply.c */
	struct tallies tallies;
};

struct visit {
	struct demo *demo;
	struct evhttp_request *req;
	const char *rest; /* the path behind the route's prefix: "1.5", "" */
};

typedef void visit_handler(const struct visit *);

/* A query parameter, decoded; NULL if it isn't there. Caller frees. */
char *visit_query(const struct visit *, const char *name);
/* The same as a whole number; `otherwise` if it is none. */
uint64_t visit_query_number(
    const struct visit *, const char *name, uint64_t otherwise);
/* A request header; NULL if it isn't there. Borrowed. */
const char *visit_header(const struct visit *, const char *name);
void visit_add_header(
    const struct visit *, const char *name, const char *value);
/* Append "http://HOST:PORT" as the client sees us. Only harmless characters:
 * it may stand in JSON, HTML and headers as it is. */
void visit_add_base(const struct visit *, struct buf *);
/*
 * Read a number from the front of *text and step over it and one `/` behind
 * it. Returns false if there is none, it is beyond `max`, or something else
 * follows.
 */
bool visit_take_number(const char **text, uint64_t max, uint64_t *out);
/* The same, decimals allowed. */
bool visit_take_decimal(const char **text, double max, double *out);

#endif
