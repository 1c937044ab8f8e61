/*
 * A request: one thing to fetch, as it walks from input to output, owned by the
 * job that fetches it.
 *
 * A bad line has no error path of its own: it is a request whose `invalid` says
 * what is wrong, and it walks on as a failed result of class `input`.
 */
#ifndef GATHER_REQUEST_REQUEST_H
#define GATHER_REQUEST_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "request/lineage.h"
#include "request/options.h"
#include "request/resend.h"
#include "request/row.h"
#include "request/url.h"

struct request {
	uint64_t n;         /* number of the input, from 1 */
	uint64_t k;         /* number within the input, from 1; 0: it is the
	                     * only request of its input */
	uint64_t page;      /* page of --paginate, from 1; 0: not paginated */
	uint64_t delivery;  /* how often a queue has handed out the input, this
	                     * time included; 0: it is not from a queue */
	char *input;        /* exactly as it was given, maybe not UTF-8 */
	size_t input_len;   /* the input may hold NULs */
	char *where;        /* "FILE:LINE" of the input; NULL: an operand */
	char *id;           /* "id" of a JSON line, or NULL */
	char *url;          /* absolute, with --url-query and the data of -G,
	                     * without fragment and userinfo; NULL if invalid */
	char *shown_url;    /* `url` with its fragment; NULL: there is none */
	char *bad_url;      /* what was to be the URL and is none, its secrets
	                     * hidden; NULL unless invalid for that reason */
	const char *origin; /* counted (url.h); NULL if invalid */
	const struct request_options *options; /* shared, or the same as own */
	struct request_options *own;           /* NULL: no options of its own */
	enum wire_state was; /* what happened to it in an earlier run */
	char *user;          /* "name:password" or "name" of its URL, or NULL */
	char *output;        /* the expanded name of its file; NULL: none */
	size_t output_own;   /* so many bytes of `output` are the command line's
	                      * own text, not data (template_folder) */
	char *invalid;       /* why it cannot be sent; NULL: it can */
	const char *refused; /* why it must not be sent, although it could be;
	                      * static; NULL: it may */
	struct trust trust;  /* what it may take along, and lead to */
	bool follows;        /* it follows on an answer, and inherits trust */
	bool is_suspect;     /* workers died while they had it: its start is
	                      * noted as that of a POST is (input/feed.h) */
	bool is_value;       /* its input only fills templates */
	bool is_recorded;    /* its input was made of an entry of a HAR, and
	                      * says less to a reader than its URL */
	bool is_repeated; /* it is made of the record of an earlier run, which
	                   * knows more than its input */
	bool hides_input; /* anything in its input may be secret */
	struct lineage *lineage; /* counted; of --then; or NULL */
	struct row *row;         /* counted; of --rows, or "vars"; or NULL */
	char *trail; /* the matches that led here, ".5.2": the second one in the
	              * answer to the fifth; NULL: none, or nobody asks */
	unsigned readers; /* threads that may still read it, and all that
	                   * it points at, after its last transfer */
	struct request_options **seen; /* that were its own before, and which
	                                * readers may still see; owned */
	unsigned seen_len;
	bool is_dropped;      /* it is to be freed once there are none */
	bool is_derived;      /* then: the run has made it, not its feed */
	struct strlist globs; /* what each glob became: "#1" is item 0 */
	char text[];          /* memory of `input` and `where` */
};

/* What a request is made from. All is copied but the options. */
struct request_source {
	const struct request_options *options;
	const char *input;
	size_t input_len;
	const char *file; /* of a list; NULL: the input is an operand */
	uint64_t line;
};

/* A request without a URL, whose number is to be set. */
struct request *request_new_from(const struct request_source *);
/* A request without a URL, with `options` (borrowed) and `input` (copied). */
struct request *request_new(
    const struct request_options *options, const char *input);
/* Another request on behalf of the same input, with its number, text, place,
 * id, row, trust and options. The URL is to be set. */
struct request *request_new_like(const struct request *);
/* NULL is fine. */
void request_free(struct request *);
/* The URL as records and messages show it, with its fragment. If the request is
 * invalid: what was to be its URL, or NULL where it never came to that. */
static inline const char *
request_shown_url(const struct request *r)
{
	const char *url = r->shown_url ? r->shown_url : r->url;

	return url ? url : r->bad_url;
}
/* The options, to be changed for this request alone: a copy of the shared ones,
 * made by the first call, and made anew while somebody may read the last one.
 */
struct request_options *request_own_options(struct request *);
/*
 * Set the URL that a user wrote (url_parse): its fragment and userinfo are
 * taken out of it, and its origin is computed. As in curl, -u has precedence
 * over userinfo. An unusable URL makes the request invalid.
 */
void request_set_url(struct request *, const char *url);
/* Set a URL that a server gave, relative to `base`: http and https only, and
 * not
 * "#place", which is `base` itself. Userinfo in it has precedence over -u,
 * since it is that server's. An unusable URL makes the request invalid; the
 * reason quotes it, since no user has seen it. */
void request_set_url_from(struct request *, const char *url, const char *base);
/* As request_set_url, but faster for authorities that the cache knows. */
void request_set_url_cached(
    struct request *, const char *url, struct url_cache *);
/* Mark the request invalid, and drop its URL. The first reason stays; secrets
 * in it are hidden. */
void request_fail(struct request *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Append the number that tells the request from all others of its run: "3", and
 * for what follows on input 3 "3.2": copy, page or match 2. The trails of
 * matches must have been set (request_set_trail). */
void request_add_number(const struct request *, struct buf *out);
/* Note that the request was made of match `at`, from 1, of the answer to
 * `parent`. */
void request_set_trail(
    struct request *, const struct request *parent, uint64_t at);
/* Has the request a body to send, even an empty one? */
bool request_has_body(const struct request *);
/* What a second copy of the request would do, as far as its method and an
 * Idempotency-Key header tell. */
enum resend_method request_resend_method(const struct request *);
/* Must it be sent once only, where it is not known how far it got? */
bool request_is_sent_once(const struct request *);

#endif
