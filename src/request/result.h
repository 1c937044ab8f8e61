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

/* The class as records name it, such as "dns"; "" for ERROR_NONE. Static. */
const char *error_class_name(enum error_class);
/* What the class means to a person; "" for ERROR_NONE. Static. */
const char *error_class_meaning(enum error_class);

struct failure {
	enum error_class class;
	const char *reason; /* static: one word such as "stall"; or NULL */
	int code;           /* HTTP status or CURLcode; 0: neither */
	char *message;      /* owned; one line for a person, without secrets */
};

/* The reason of a failure of class ERROR_EXPECT: the condition of --until does
 * not hold yet, so the request is to be asked again. */
#define FAILURE_UNTIL "until"

/* Replace the failure in `f`, if there is one. Secrets in the message are
 * hidden. */
void failure_set(struct failure *f, enum error_class class, const char *reason,
    int code, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* Append "; NOTE" to the message of a failure. */
void failure_note(struct failure *f, const char *note);
/* Move the failure out of `f`, which is ERROR_NONE then. */
static inline struct failure
failure_take(struct failure *f)
{
	struct failure taken = *f;

	*f = (struct failure){0};
	return taken;
}
/* Make it ERROR_NONE. */
void failure_clear(struct failure *);

/* The phases of one attempt: the times since its start at which each was over,
 * as curl's -w has them. Of the phases that happened, none is earlier than the
 * one before. */
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
	struct buf mem; /* all of the body, if fd is -1 */
	int fd;         /* the file with the body, owned; -1: it is in `mem` */
	uint64_t size;  /* decoded bytes, wherever they are */
	void *map;      /* of body_bytes; NULL: the file is not mapped */
	size_t map_len;
};

/* An empty body in memory. */
void body_init(struct body *);
/* Free the memory, close the file; the body is empty then. */
void body_release(struct body *);
/*
 * The whole body as one piece of memory (a file is mapped) of *len bytes, "" if
 * it is empty. Borrowed until body_release. NULL with errno: the file cannot be
 * mapped.
 */
const char *body_bytes(struct body *, size_t *len);
/* Make `to`, which is uninitialised storage, a copy of `from`. They share a
 * file through two descriptors, or, if none is free, `to` has a copy in memory.
 */
void body_copy(struct body *to, struct body *from);

/* A failed attempt that was followed by another one. */
struct past_attempt {
	struct failure failure;
	int64_t start_us; /* since the run's start */
	int64_t total_us;
};

/* What an answer is to a request that asked for what was missing of a file. */
enum part_state {
	PART_NONE,    /* nothing of it: all of the file, or a failure */
	PART_GOES_ON, /* it begins where the part that is there ends */
	PART_WHOLE,   /* it says that nothing was missing */
	PART_UNFIT    /* it does not fit: the file must be asked for anew */
};

struct result {
	struct failure failure; /* class ERROR_NONE: a success */
	enum wire_state wire;   /* of the copy that was sent last; of a final
	                         * result, of the request that was listed */
	int status;             /* HTTP status; 0: none arrived */
	int http_version;       /* 10, 11, 20, 30; 0: unknown */
	int exitcode;           /* the last CURLcode */
	int os_errno;
	char *url_effective; /* of the last hop, without userinfo; or NULL */
	char *location;      /* of a 3xx, as it was sent; NULL: it has none */
	char *redirect_url; /* `location` as a URL, without userinfo; or NULL */
	char *method;  /* of the last hop; NULL: no redirect has changed it */
	char *referer; /* of the last hop; NULL: no redirect has set one */
	char *remote_ip;
	int remote_port;
	char *local_ip;
	int local_port;
	char *content_type;
	char *headers; /* the head of the final answer with its blank line;
	                * NULL: not kept */
	char *heads;   /* the heads of all answers, in order, with 1xx and
	                * redirects, and trailers; NULL: not kept */
	char *request_headers; /* the head of the request as it was sent, with
	                        * its blank line; NULL: not kept */
	struct quota quota;    /* what the answer says about limits */
	struct body body;
	int64_t modified_s;     /* Last-Modified, in seconds since 1970; -1: the
	                         * answer has none, or nobody asks (-R) */
	uint64_t size_download; /* on the wire, before decoding */
	uint64_t size_upload;
	uint64_t size_header;
	uint64_t size_request;
	int num_redirects;
	int num_connects;
	int64_t speed_download; /* bytes/s, as curl computes it */
	int64_t speed_upload;
	bool proxy_used;
	struct trust trust; /* of a request that follows on it at the same
	                     * origin */
	int http_connect;   /* status of a proxy's answer to CONNECT; 0: none */
	int ssl_verify_result;
	int proxy_ssl_verify_result;
	int64_t redirect_us;   /* all hops before the last; 0: no redirect */
	struct timing timing;  /* of the last hop of the final attempt */
	int64_t start_us;      /* first admission, since the run's start */
	int64_t start_wall_us; /* the same moment, since 1970 */
	int64_t queue_us;      /* from reading the input to first admission */
	int64_t flight_us;     /* of the final attempt with its hops */
	int64_t done_us;       /* end of the request, since the run's start */
	unsigned attempts;     /* that were admitted, with the final one */
	struct past_attempt *past; /* the failed attempts before that */
	unsigned past_len;
	struct exchanges exchanges; /* empty unless an output wants them */
	enum part_state part;
	char *file; /* name of the file that holds the body, or NULL */
};

/* The result of a request to which nothing has happened so far. */
void result_init(struct result *);
/* Free what the result owns; it is as after result_init. */
void result_release(struct result *);
static inline bool
result_ok(const struct result *r)
{
	return r->failure.class == ERROR_NONE;
}

/*
 * Returns how long the request took, which is one thing wherever it is told:
 * the time in flight of its last attempt with its redirects, time_total of
 * records. Waits before it and earlier attempts are told apart from it. 0: it
 * was never sent.
 */
static inline int64_t
result_took_us(const struct result *r)
{
	return r->flight_us > 0 ? r->flight_us : 0;
}

/* Returns the part of that time until the first byte of the final answer,
 * time_starttransfer of records; -1: there was none. */
static inline int64_t
result_first_byte_us(const struct result *r)
{
	return r->timing.starttransfer_us < 0
	           ? -1
	           : r->redirect_us + r->timing.starttransfer_us;
}

/* Returns whether the time it took counts among latencies: there was an answer.
 */
static inline bool
result_has_latency(const struct result *r)
{
	return r->status > 0;
}

#endif
