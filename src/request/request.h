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
#include <stddef.h>
#include <stdint.h>

#include "request/lineage.h"
#include "request/options.h"
#include "request/resend.h"
#include "request/row.h"
#include "request/url.h"

struct request {
	uint64_t n;         /* number of the input, from 1 */
	uint64_t k;         /* number within it, from 1; 0: it has only one */
	uint64_t page;      /* page of --paginate, from 1; 0: none */
	char *input;        /* exactly as given: maybe no valid UTF-8 */
	size_t input_len;   /* it may hold NULs */
	char *where;        /* "FILE:LINE"; NULL for an operand */
	char *id;           /* "id" of a JSON line, or NULL */
	char *url;          /* absolute, --url-query and -G's data in it; no
	                     * fragment, no userinfo; NULL if invalid */
	char *shown_url;    /* with its fragment; NULL: it has none */
	const char *origin; /* url.h; NULL if invalid */
	const struct request_options *options; /* shared, or == own */
	struct request_options *own;           /* NULL: nothing of its own */
	enum wire_state was; /* what an earlier run says that happened to it */
	char *user;          /* "name:password" or "name" of its URL; or NULL */
	char *output;        /* expanded name of its file, NULL: none */
	size_t output_own;   /* so many bytes of it are the command line's, no
	                      * data; template_folder */
	char *invalid;       /* why it can't be sent; NULL: it can */
	struct trust trust;  /* what it may take along, and lead to */
	bool follows;        /* on an answer; its trust is not a new one */
	bool is_value;       /* its input is but what fills templates */
	bool hides_input;    /* there may be secrets anywhere in its input */
	struct lineage *lineage; /* counted; what --then made it of; or NULL */
	struct row *row;         /* counted; of --rows, or "vars"; or NULL */
	struct strlist globs;    /* what each glob became: "#1" is item 0 */
	char text[];             /* where `input` and `where` stand */
};

/* What a request is made from; everything is copied but `options`. */
struct request_source {
	const struct request_options *options;
	const char *input;
	size_t input_len;
	const char *file; /* NULL: an operand */
	uint64_t line;
};

struct request *request_new_from(const struct request_source *);
/* An empty request with `options` (borrowed) and `input` (copied). */
struct request *request_new(
    const struct request_options *options, const char *input);
/* Another one on behalf of the same input: with its number, text, place, id,
 * row and options; the URL is to be set. */
struct request *request_new_like(const struct request *);
void request_free(struct request *);
/* The URL as it is shown. NULL if invalid. */
static inline const char *
request_shown_url(const struct request *r)
{
	return r->shown_url ? r->shown_url : r->url;
}
/* The options, to be changed for this request alone. */
struct request_options *request_own_options(struct request *);
/*
 * Give it the URL: curl's guess of the scheme, IDN to punycode, userinfo
 * taken out of it (-u wins over it, as in curl), and the fragment, origin
 * computed (url.h). An unusable URL makes the request invalid.
 */
void request_set_url(struct request *, const char *url);
/* A URL that a server gave, relative to `base`: http and https only, and not
 * "#place", which is `base` itself. Userinfo in it wins over -u: it is that
 * server's. A reason why not names it. */
void request_set_url_from(struct request *, const char *url, const char *base);
/* As request_set_url, faster for authorities that the cache has seen. */
void request_set_url_cached(
    struct request *, const char *url, struct url_cache *);
/* Mark it invalid; the first reason stays. */
void request_fail(struct request *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Is there a body to be sent, be it empty? */
bool request_has_body(const struct request *);
/* What a second copy of it does, as far as its method and an Idempotency-Key
 * header tell. */
enum resend_method request_resend_method(const struct request *);

#endif
