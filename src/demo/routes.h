/*
 * The routes of the demo server. A route is one row of the table and one
 * function that answers a visit.
 */
#ifndef GATHER_DEMO_ROUTES_H
#define GATHER_DEMO_ROUTES_H

#include "demo/visit.h"

/*
 * X(path, what follows it, handler, help). A path that ends in a slash stands
 * for all paths that begin with it; the handler reads the rest. The first row
 * that matches answers.
 */
#define ROUTES(X)                                                            \
	X("/", "", answer_index, "this list")                                \
	X("/delay/", "N", answer_delay, "after N seconds, such as 0.5")      \
	X("/status/", "N", answer_status, "with status N; ?retry_after=S")   \
	X("/json", "", answer_json, "a document with a bit of everything")   \
	X("/items", "", answer_items, "100 items and their URLs; ?count=N")  \
	X("/items/", "N", answer_item, "item N, 1 to 1000000")               \
	X("/pages/", "N", answer_pages,                                      \
	    "N pages of items: ?page=K ?cursor=C ?offset=O, Link header")    \
	X("/list", "", answer_list,                                          \
	    "3 pages of results, and empty ones: ?page=K")                   \
	X("/flaky/", "P", answer_flaky,                                      \
	    "503 with probability P, the same in each run; ?seed=S ?key=K")  \
	X("/fail/", "N", answer_fail, "503 for the first N visits; ?key=K")  \
	X("/job/", "NAME", answer_job, "202 twice, then done; ?key=K")       \
	X("/limit/", "N/S", answer_limit,                                    \
	    "429 beyond N requests in any S seconds; ?key=K")                \
	X("/redirect/", "N", answer_redirect, "N redirects; ?status=307")    \
	X("/redirect-to", "?url=U", answer_redirect_to,                      \
	    "a redirect to any URL")                                         \
	X("/bytes/", "N", answer_bytes, "N bytes: numbers, 16 bytes a line") \
	X("/stream/", "N", answer_stream,                                    \
	    "N JSON lines, one every 10 ms; ?gap=MS")                        \
	X("/title", "", answer_title, "an HTML page")                        \
	X("/title/", "TEXT", answer_title, "an HTML page with that title")   \
	X("/etag", "", answer_etag,                                          \
	    "with an ETag; 304 if If-None-Match has it")                     \
	X("/gzip", "", answer_gzip, "compressed JSON")                       \
	X("/headers", "", answer_headers, "the request's headers")           \
	X("/anything", "", answer_anything, "the whole request")             \
	X("/anything/", "...", answer_anything, "the whole request")

/* Answer a request, or start to; evhttp calls it for each. */
void routes_answer(struct demo *, struct evhttp_request *);

/* The handlers. Those that share code are in one file. */
visit_handler answer_index;                        /* routes.c */
visit_handler answer_delay, answer_status;         /* plain.c */
visit_handler answer_json, answer_title;           /* plain.c */
visit_handler answer_etag, answer_gzip;            /* plain.c */
visit_handler answer_redirect, answer_redirect_to; /* plain.c */
visit_handler answer_items, answer_item;           /* catalog.c */
visit_handler answer_pages, answer_list;           /* catalog.c */
visit_handler answer_flaky, answer_fail;           /* counted.c */
visit_handler answer_job, answer_limit;            /* counted.c */
visit_handler answer_bytes, answer_stream;         /* stream.c */
visit_handler answer_headers, answer_anything;     /* echo.c */

#endif
