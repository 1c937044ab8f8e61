/*
 * What the files of the engine share: engine.c (the whole), lane.c (one multi
 * and its sockets), transfer.c (one attempt, from its start until it is
 * reaped, and its limits of time), setup.c (its settings), address.c (its
 * server's address), receive.c (what libcurl calls: head, body and its
 * decoding), streams.c (what HTTP/2 says of it), finish.c (its result).
 */
#ifndef GATHER_FETCH_ENGINE_PRIVATE_H
#define GATHER_FETCH_ENGINE_PRIVATE_H

#include <curl/curl.h>
#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/buf.h"
#include "base/heap.h"
#include "base/list.h"
#include "base/strmap.h"
#include "fetch/engine.h"
#include "fetch/head.h"
#include "fetch/netrc.h"
#include "fetch/proxy.h"
#include "fetch/resolve.h"
#include "fetch/streams.h"
#include "fetch/upload.h"

struct decoder;

enum {
	LANE_REQUESTS = 100, /* in flight per lane, before another helps */
	LANE_MAX = 64,
	LANE_ORIGINS = 1024,      /* served, then the lane is retired */
	LANE_ORIGIN_H1 = 256,     /* in flight of one origin, HTTP/1 */
	LANE_ORIGIN_H2 = 100,     /* HTTP/2, or not known yet */
	BODY_MEMORY = 256 << 10,  /* bytes of one body, then to a file */
	BODY_PIECE = 64 << 10,    /* what is added to the file at once */
	BODIES_MEMORY = 64 << 20, /* of all bodies in flight, then ... */
	BODIES_MEMORY_MAX = 4 * BODIES_MEMORY, /* without descriptors */
	BODY_PIECE_SMALL = 16 << 10, /* ... of each no more than this */
};

/* One origin as one lane sees it. */
struct lane_origin {
	unsigned flying;
	unsigned room; /* how many may fly */
};

struct lane {
	struct list link; /* among the retired ones */
	struct engine *engine;
	CURLM *multi;
	struct event timer;
	struct strmap origins; /* -> struct lane_origin */
	struct list idle;      /* attempts to be used again */
	struct list sockets;   /* that libcurl wants watched (lane.c) */
	struct list early;     /* attempts that lane_note_early() named */
	unsigned users;        /* attempts that are not idle */
	bool retired;
	bool multiplexes; /* an answer came over HTTP/2 */
};

/* Whose certificates are trusted, where the environment says so. Borrowed. */
struct authorities {
	const char *file; /* NULL: libcurl's own */
	const char *folder;
	char *
	    shown; /* "SSL_CERT_FILE=..."; owned; NULL: not the environment's */
};

struct engine {
	struct event_base *base;
	const struct fetch_options *options;
	struct engine_hooks hooks;
	CURLSH *share;
	struct resolver *resolver; /* NULL: libcurl looks names up */
	CURL *cookie_keeper;       /* loads and saves the cookie file */
	struct proxy_rules proxies;
	struct netrc netrc; /* empty without -n */
	struct authorities authorities;
	struct curl_slist *resolve;
	struct curl_slist *connect_to;
	struct lane **lanes;
	unsigned lanes_len;
	struct list retired;
	struct list flying; /* attempts */
	struct list done;   /* attempts, to be reaped */
	struct heap deadlines;
	struct event deadline_timer;
	struct event watchdog;
	struct list decoding; /* content.waiting of attempts */
	struct event decode_timer;
	size_t bodies_memory; /* bytes, of attempts that are not reaped */
	size_t sockets;       /* open, idle connections' included */
	size_t connecting;    /* attempts that may still open one */
	size_t sockets_max;   /* that there is room for; 0: not counted yet */
	bool sockets_scarce;  /* idle ones give way */
	bool late_once; /* an expiry that was late has served the sockets */
	bool ready_signalled; /* on_ready was called since the last reap */
	struct engine_counts counts;
};

/* The body on its way through the decoder. */
struct content {
	bool begun;              /* it is known whether there is one */
	struct decoder *decoder; /* NULL: the body is not encoded */
	bool ignored;            /* nobody minds what becomes of the body */
	bool broken;             /* it cannot be decoded */
	size_t used;             /* of the piece that libcurl gives again */
	struct list waiting;     /* for its turn to go on decoding */
};

struct attempt {
	struct list link;
	struct engine *engine;
	struct lane *lane;
	struct lane_origin *lane_origin;
	CURL *easy;
	struct attempt_spec spec;

	/* What the handle is set up for, kept from transfer to transfer. */
	const struct request_options *set_options; /* NULL: nothing */
	char *set_origin;
	bool set_foreign;
	struct curl_slist *set_headers;
	struct curl_slist *set_resolve;
	curl_mime *set_mime;
	char *set_aws;
	struct upload upload;     /* -T */
	unsigned uploads_waiting; /* for something to read */

	/* This transfer. */
	const char *proxy; /* borrowed; NULL: it goes there directly */
	enum proxy_kind proxy_kind;
	bool to_private;    /* its target has an address that is private */
	bool flying;        /* in libcurl's hands */
	bool is_over;       /* waits to be reaped */
	struct list waiter; /* while its name is looked up */
	struct list early;  /* while libcurl may not see that it is over */
	struct heap_node deadline;
	char error[CURL_ERROR_SIZE];
	int os_errno;           /* what this machine lacked; 0: nothing */
	bool connecting;        /* it has no connection so far */
	struct failure failure; /* found by us, wins over libcurl's code */
	CURLcode code;
	unsigned wire_count;    /* copies of the request, this one included */
	bool sending;           /* the last of them is under way */
	enum wire_state wire;   /* else: what happened to it */
	struct stream stream;   /* of the last copy, over HTTP/2 */
	curl_off_t sent_before; /* bytes of requests, before the last copy */
	struct head head;       /* the one in work */
	struct buf headers;
	struct buf heads;           /* this and all before, if they are kept */
	struct buf request_headers; /* as sent, if they are kept */
	bool has_quota_header;      /* among the headers are some of limits.h */
	uint64_t headers_total;
	struct body body;
	size_t spill_at; /* when there may be a descriptor for it again */
	struct content content;
	uint64_t received;  /* bytes of the body as they came */
	uint64_t tick_size; /* moved until the last tick of the watchdog */
	unsigned slow_ticks;
	curl_off_t early_sent; /* at the last tick, if it was answered; -1 */
	int64_t start_us;
	int64_t lookup_us; /* from then until libcurl got it; -1: never */
	int64_t wire_us;
};

/* lane.c */
/* Free a lane whose attempts are all idle, and close its connections. */
void lane_free(struct lane *);
/* Choose the lane for a request to `origin`; *at is that lane's account of the
 * origin. Lanes are made as they are needed. */
struct lane *lane_choose(
    struct engine *, const char *origin, struct lane_origin **at);
/* Hand the attempt to libcurl. False: libcurl does not take it. */
bool lane_start(struct lane *, struct attempt *);
/* Take the attempt out of libcurl's hands, whether it is over or not. */
void lane_stop(struct lane *, struct attempt *);
/* Note that the server has answered the attempt as a whole and reads no more
 * of its request: the lane ends it soon, though libcurl would wait until it
 * may send the rest. */
void lane_note_early(struct attempt *);
/* Let libcurl look at its timeouts (a stalled timer of several versions must
 * not stall a run), and at connections of many streams. */
void lane_kick(struct lane *);
/* Free retired lanes that nobody uses. */
void lanes_sweep(struct engine *);

/*
 * lane.c, too: the engine counts its sockets, those of idle connections
 * included, and compares them with what the limit of descriptors leaves room
 * for. Connections that are kept for later give way to those needed now.
 */
/* Open a socket for an attempt, as CURLOPT_OPENSOCKETFUNCTION does. If that
 * fails, the attempt's os_errno says why. */
curl_socket_t sockets_add(struct attempt *, const struct curl_sockaddr *);
/* CURLOPT_CLOSESOCKETFUNCTION; `arg` is the engine. */
int sockets_close(void *arg, curl_socket_t fd);
/* The attempt begins, and may open a connection. */
void sockets_await(struct attempt *);
/* The attempt has its connection, or is over. */
void sockets_await_no_more(struct attempt *);
/* Set how many idle connections the lanes keep. To be called where transfers
 * begin and end, but not from within libcurl. */
void sockets_balance(struct engine *);

/* transfer.c */
/* The lookup that `waiter`, an attempt's, waited for is over: go on with the
 * attempt. */
void attempt_on_lookup(struct list *waiter, const struct lookup *);
/* Start and stop the timers that end the engine's attempts. */
void watch_open(struct engine *);
void watch_close(struct engine *);
void attempt_free(struct attempt *);
/* The bytes of requests that libcurl has sent, those of CONNECT among them. */
curl_off_t attempt_sent(const struct attempt *);
/* Has the attempt its whole answer, over HTTP/2? */
bool attempt_is_answered(const struct attempt *);
/* The attempt is over, with libcurl's `code`: stop its timers and queue it in
 * engine->done, to be reaped. It must have left its lane (lane_stop). */
void attempt_finish(struct attempt *, CURLcode code);
/* Drop the part of the attempt's body that is in memory; its file stays. */
void attempt_drop_memory(struct attempt *);

/* setup.c */
/* Set the attempt's handle up for its request, as far as it is not set up like
 * that already. -1 with the attempt's failure set. */
int attempt_setup(struct attempt *);
/* Free what the handle was set up with; the next attempt_setup does it all. */
void attempt_forget_setup(struct attempt *);
/* Read CURL_CA_BUNDLE, or SSL_CERT_DIR and SSL_CERT_FILE, as curl does, unless
 * options or -k say whom to trust. */
void authorities_init(struct authorities *, const struct fetch_options *);

/* address.c */
enum address_state {
	ADDRESS_KNOWN,   /* it can start */
	ADDRESS_PENDING, /* a->waiter is queued */
	ADDRESS_FAILED,  /* the attempt's failure is set */
};
/* Does libcurl look names up, not the resolver: with the path of a socket, or
 * with --connect-to? */
bool address_left_to_libcurl(const struct fetch_options *);
/* AF_INET with -4, AF_INET6 with -6, else AF_UNSPEC. */
int address_family(const struct fetch_options *);
/* Find the address that the attempt's connection goes to. */
enum address_state address_find(struct attempt *);
/* Must the attempt not go to a private address? */
bool address_is_guarded(const struct attempt *);
/* Set the attempt's failure: it must not go to `ip`, which is private. `name`
 * is the host that has that address, or NULL. Returns -1. */
int address_refuse(struct attempt *, const char *name, const char *ip);
/* Did the attempt, which is over, lead over the public Internet? */
bool address_was_public(const struct attempt *);
/* The lookup that the attempt waited for is over: take its addresses. */
enum address_state address_found(struct attempt *, const struct lookup *);

/* receive.c */
/* Tell libcurl what to call for the attempt's handle, anew after each reset
 * of the handle. */
void attempt_set_callbacks(struct attempt *);
/* No more of the attempt's body comes: if it has a file, write what is still
 * in memory to it. -1: the attempt's failure is set. */
int attempt_end_body(struct attempt *);
/* Start and stop the timer by which bodies that decode to very much take
 * turns. Whether a body has come to its end is known by its decoder. */
void content_open(struct engine *);
void content_close(struct engine *);
/* Make ready for another body; the decoder of the attempt's body is freed. */
void content_reset(struct attempt *);
/* libcurl takes the attempt's answer for whole. If its body ends before the end
 * of its encoding, *failure is set. */
void content_check(struct attempt *, int http_version, struct failure *);
/* Note what passes on the wire, for -v and for results that hold what was
 * sent. */
void trace_set_up(struct attempt *);

/* finish.c */
/* Fill *r with what became of the attempt, which is over. The body moves into
 * it. */
void attempt_result(struct attempt *, struct result *r);

#endif
