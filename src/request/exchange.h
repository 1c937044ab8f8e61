/*
 * An exchange: one request of one attempt, on its way over the wire: a
 * redirect hop, a retry, a hedge are one each. Results carry them where an
 * output wants more than the last one (a HAR file, a waterfall, the table of
 * attempts); else none are kept.
 *
 * Times are microseconds; moments are counted from the start of the run.
 */
#ifndef GATHER_REQUEST_EXCHANGE_H
#define GATHER_REQUEST_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct body;
struct request;
struct result;

/* Why it did not start earlier, in the order in which things are waited for;
 * each a span of time before start_us, 0 where nothing was waited for. */
struct exchange_waits {
	int64_t place_us;   /* for a place among -P */
	int64_t host_us;    /* for a place at its origin, or its gate */
	int64_t rate_us;    /* for a token */
	int64_t hold_us;    /* its origin was held, or down */
	int64_t backoff_us; /* before a retry */
};

struct exchange {
	unsigned attempt; /* from 1 */
	unsigned hop;     /* redirects before it in the same attempt */
	bool hedge;       /* it belongs to a second copy */
	bool cancelled; /* it was ended by us: its copy won, or the run ended */
	bool final;     /* its answer is the result's */
	char *method;
	char *url;
	int status; /* 0: no answer */
	int http_version;
	int error_class;     /* enum error_class of this exchange alone */
	char *error_message; /* NULL: none */
	char *remote_ip;
	int remote_port;
	int local_port;
	int num_connects; /* 0: the connection was reused */
	char *content_type;
	char *redirect_url;
	char *request_headers; /* as sent, CRLF lines; NULL: not kept */
	char *headers;         /* of the answer, likewise */
	struct body *body;     /* of an answer that was not the result's; NULL:
	                        * not kept */
	uint64_t size_download;
	uint64_t size_upload;
	uint64_t size_header;
	uint64_t size_request;
	int64_t queued_us;     /* when it could have started, had all been free:
	                        * after its back-off */
	int64_t start_us;      /* when it was admitted */
	int64_t start_wall_us; /* the same since 1970 */
	struct exchange_waits waits;
	/* The phases, as struct timing: ends, since start_us; -1: not there */
	int64_t namelookup_us;
	int64_t connect_us;
	int64_t appconnect_us;
	int64_t pretransfer_us;
	int64_t starttransfer_us;
	int64_t total_us;
};

/* A growing list of them, in the order in which they ended; owned by a job,
 * then by its result. */
struct exchanges {
	struct exchange *items;
	size_t len;
	size_t cap;
};

void exchanges_init(struct exchanges *);
void exchanges_release(struct exchanges *);
/* A new one at the end, filled from a transfer's result and the listed
 * request; the caller sets what they do not know: which one it is, when it
 * started, the method of a hop. */
struct exchange *exchanges_add(
    struct exchanges *, const struct request *, const struct result *);
/* The last one keeps `body`, which is moved out. */
void exchanges_keep_body(struct exchanges *, struct body *body);

#endif
