/*
 * A result: what became of a request. Every request ends in exactly one.
 * Times are microseconds; -1 means "did not happen".
 */
#ifndef GATHER_REQUEST_RESULT_H
#define GATHER_REQUEST_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "request/exchange.h"
#include "request/lineage.h"
#include "request/quota.h"
#include "request/resend.h"

/* X(symbol, name in records, what it means to a person) */
#define ERROR_CLASSES(X)                                               \
	X(INPUT, "input", "invalid list entry or argument")            \
	X(DNS, "dns", "the host name could not be resolved")           \
	X(CONNECT, "connect", "no connection to the server or proxy")  \
	X(TLS, "tls", "TLS handshake or certificate failed")           \
	X(TIMEOUT, "timeout", "timed out")                             \
	X(RESET, "reset", "the connection was reset")                  \
	X(PROTOCOL, "protocol", "invalid HTTP or XML in the response") \
	X(REDIRECT, "redirect", "a redirect was not followed")         \
	X(HTTP, "http", "the server answered with an error status")    \
	X(EXPECT, "expect", "the response does not meet a condition")  \
	X(SIZE, "size", "the response is larger than allowed")         \
	X(JSON, "json", "invalid JSON in the response")                \
	X(OUTPUT, "output", "the result could not be written")         \
	X(LOCAL, "local", "this machine ran out of a resource")        \
	X(CANCELLED, "cancelled", "cancelled before it was complete")  \
	X(POLICY, "policy", "forbidden by a limit of this run")

enum error_class {
	ERROR_NONE,
#define X(symbol, name, meaning) ERROR_##symbol,
	ERROR_CLASSES(X)
#undef X
	ERROR_CLASS_COUNT
};

/* "dns"; "" of ERROR_NONE. Static. */
const char *error_class_name(enum error_class);
const char *error_class_meaning(enum error_class);

struct failure {
	enum error_class class;
	const char *reason; /* static: one word such as "stall"; or NULL */
	int code;           /* HTTP status or CURLcode; 0 none */
	char *message;      /* owned; one line for a person, redacted */
};

/* The reason of a failure of class ERROR_EXPECT: the condition of --until does
 * not hold yet, so the request is to be asked again. */
#define FAILURE_UNTIL "until"

/* Replace whatever stands in `f`. */
void failure_set(struct failure *f, enum error_class class, const char *reason,
    int code, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* Append "; NOTE" to the message of a failure. */
void failure_note(struct failure *f, const char *note);
void failure_clear(struct failure *);

/* The phases of one attempt, each the time since its start at which the
 * phase was over (curl's meaning); never decreasing where they happened. */
struct timing {
	int64_t namelookup_us;
	int64_t connect_us;
	int64_t appconnect_us; /* -1 without TLS or on a reused connection */
	int64_t pretransfer_us;
	int64_t starttransfer_us;
	int64_t total_us;
};

/*
 * A body: in memory, or, beyond a threshold, in an unlinked file. Filled by
 * fetch, read by extraction and encoders.
 */
struct body {
	struct buf mem; /* all of it if fd is -1 */
	int fd;         /* -1, or the spill file, owned */
	uint64_t size;  /* decoded bytes, wherever they are */
	void *map;      /* body_bytes' own */
	size_t map_len;
};

void body_init(struct body *);
void body_release(struct body *);
/*
 * The whole body as one piece of memory (a spilled one is mapped), valid
 * until body_release. Returns NULL with errno if it cannot be mapped; an
 * empty body gives "".
 */
const char *body_bytes(struct body *, size_t *len);
/* A body of its own: memory is copied, of a file it has a descriptor of its
 * own where one is free. `to` is uninitialised storage. */
void body_copy(struct body *to, struct body *from);

/* One failed attempt that was followed by another. */
struct past_attempt {
	struct failure failure;
	int64_t start_us; /* since the run's start */
	int64_t total_us;
};

struct result {
	struct failure failure; /* class ERROR_NONE: ok */
	enum wire_state wire;   /* what happened to what was sent last; once
	                         * it is final, to the request as listed */
	int status;             /* HTTP status, 0: none arrived */
	int http_version;       /* 10, 11, 20, 30; 0 unknown */
	int exitcode;           /* the last CURLcode */
	int os_errno;
	char *url_effective; /* of the last hop, without userinfo; or NULL */
	char *location;      /* of a 3xx, as it was sent; NULL: it has none */
	char *redirect_url;  /* the same as a URL, without userinfo; or NULL */
	char *method;  /* of the last hop, changed by a redirect; NULL: no */
	char *referer; /* that a redirect brought; NULL: none */
	char *remote_ip;
	int remote_port;
	char *local_ip;
	int local_port;
	char *content_type;
	char *headers; /* the final answer's head, its blank line included;
	                * NULL: not kept */
	char *heads;   /* of all answers to it, in order, 1xx and redirects
	                * included, and trailers; NULL: not kept */
	char *request_headers; /* as sent, likewise; NULL: not kept */
	struct quota quota;    /* what it says about its server's limits */
	struct body body;
	uint64_t size_download; /* on the wire, before decoding */
	uint64_t size_upload;
	uint64_t size_header;
	uint64_t size_request;
	int num_redirects;
	int num_connects;
	int64_t speed_download; /* bytes/s, as curl computes it */
	int64_t speed_upload;
	bool proxy_used;
	struct trust trust; /* of what follows on it, at the same origin */
	int http_connect;   /* the proxy's answer to CONNECT, 0: none */
	int ssl_verify_result;
	int proxy_ssl_verify_result;
	int64_t redirect_us;   /* all hops before the last; 0 without */
	struct timing timing;  /* of the final attempt's last hop */
	int64_t start_us;      /* first admission, since the run's start */
	int64_t start_wall_us; /* the same since 1970 */
	int64_t queue_us;      /* read until first admission */
	int64_t flight_us;     /* in flight, final attempt with its hops */
	int64_t done_us;       /* since the run's start */
	unsigned attempts;     /* that were admitted, the final one included */
	struct past_attempt *past;
	unsigned past_len;
	struct exchanges exchanges; /* empty unless an output wants them */
	char *file; /* name of the file that holds the body, or NULL */
};

void result_init(struct result *);
void result_release(struct result *);
static inline bool
result_ok(const struct result *r)
{
	return r->failure.class == ERROR_NONE;
}

#endif
