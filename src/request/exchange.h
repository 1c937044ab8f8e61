/*
 * An exchange: one request that went over the wire, with its answer. Each
 * redirect hop, each retry and each hedge is an exchange. They are kept only if
 * an output wants more than the last one: a HAR file, a waterfall, the table of
 * attempts.
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

/* Why the exchange did not start earlier: spans of time before start_us, 0
 * where it did not wait. */
struct exchange_waits {
	int64_t place_us;   /* for a slot of -P */
	int64_t host_us;    /* for a slot at its origin, or its gate */
	int64_t rate_us;    /* for a token of a rate */
	int64_t hold_us;    /* while its origin was held, or down */
	int64_t backoff_us; /* for the delay before a retry */
};

struct exchange {
	unsigned attempt; /* from 1 */
	unsigned hop;     /* how many redirects precede it in its attempt */
	bool hedge;       /* it belongs to a second copy (--hedge) */
	bool cancelled;   /* gather ended it: the other copy was faster, or the
	                   * run ended */
	bool final;       /* its answer is that of the result */
	char *method;
	char *url;           /* without fragment; NULL: the request has none */
	int status;          /* 0: no answer */
	int http_version;    /* as in struct result */
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
	struct body *body;     /* owned; of an answer that is not the result's;
	                        * NULL: not kept */
	uint64_t size_download;
	uint64_t size_upload;
	uint64_t size_header;
	uint64_t size_request;
	int64_t queued_us;     /* when it was ready to start: after the delay
	                        * of its back-off */
	int64_t start_us;      /* when it was admitted */
	int64_t start_wall_us; /* the same moment, since 1970 */
	struct exchange_waits waits;
	/* The ends of its phases since start_us, as in struct timing; -1: it
	 * did not have the phase. */
	int64_t namelookup_us;
	int64_t connect_us;
	int64_t appconnect_us;
	int64_t pretransfer_us;
	int64_t starttransfer_us;
	int64_t total_us;
};

/* Exchanges in the order in which they ended. A job owns them, then its
 * result. */
struct exchanges {
	struct exchange *items;
	size_t len;
	size_t cap;
};

void exchanges_init(struct exchanges *);
void exchanges_release(struct exchanges *);
/* Append an exchange, filled from the result of a transfer and its request. The
 * caller sets what these do not know: the numbers of attempt and hop, when it
 * started, the method of a hop. The pointer is good until the next call. */
struct exchange *exchanges_add(
    struct exchanges *, const struct request *, const struct result *);
/* Have the last exchange keep `body`, which is moved out. */
void exchanges_keep_body(struct exchanges *, struct body *body);

#endif
