/*
 * A request: one thing to fetch, as it walks from input to output. It is
 * owned by its slot in the order until it is emitted.
 *
 * A bad line is no error path: it is a request whose `invalid` says why, and
 * it walks on as a failed result of class `input`.
 */
#ifndef GATHER_REQUEST_REQUEST_H
#define GATHER_REQUEST_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "request/options.h"

struct row; /* the columns of --rows; request/template.h */

struct request {
	uint64_t n;    /* number of the input, from 1 */
	uint64_t k;    /* number within the input, from 1; 0: it has only one */
	uint64_t page; /* page of --paginate, from 1; 0: none */
	char *input;   /* exactly as given (a line may not be valid UTF-8) */
	char *where;   /* "FILE:LINE"; NULL for an operand */
	char *id;      /* "id" of a JSON line, or NULL */
	char *url;     /* absolute; no fragment, no userinfo; NULL if invalid */
	char *origin;  /* "https://host:port", lower case; NULL if invalid */
	const struct request_options *options; /* shared, or == own */
	struct request_options *own;           /* NULL: nothing of its own */
	char *output;         /* expanded name of its file, NULL: none */
	char *invalid;        /* why it can't be sent; NULL: it can */
	struct row *row;      /* owned; NULL without --rows */
	struct strlist globs; /* what each glob became: "#1" is item 0 */
};

/* An empty request with `options` (borrowed) and `input` (copied). */
struct request *request_new(
    const struct request_options *options, const char *input);
void request_free(struct request *);
/* The options, to be changed for this request alone. */
struct request_options *request_own_options(struct request *);
/*
 * Give it the URL: curl's guess of the scheme, IDN to punycode, userinfo
 * moved to the options, fragment dropped, origin computed (url.h).
 * An unusable URL makes the request invalid.
 */
void request_set_url(struct request *, const char *url);
/* Mark it invalid; the first reason stays. */
void request_fail(struct request *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* GET, HEAD, OPTIONS, TRACE, PUT, DELETE (RFC 9110, 9.2.2), or anything with
 * an Idempotency-Key header. */
bool request_is_idempotent(const struct request *);

#endif
