/*
 * What the files of the engine share: the engine, and the attempt, which is
 * one transfer on its way.
 *
 *	common.c   what the engines of a run have in common
 *	engine.c   an attempt from its start until it is reaped; time limits
 *	route.c    the proxy or address that it goes to
 *	setup.c    the settings of its easy handle
 *	lane.c     multi handles, and idle attempts
 *	sockets.c  how many there are, and those that are watched
 *	receive.c  what libcurl calls: the answer's head, its body, decoding
 *	finish.c   its result
 */
#ifndef GATHER_FETCH_ENGINE_PRIVATE_H
#define GATHER_FETCH_ENGINE_PRIVATE_H

#include <curl/curl.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "base/heap.h"
#include "base/list.h"
#include "base/strmap.h"
#include "fetch/authorities.h"
#include "fetch/engine.h"
#include "fetch/head.h"
#include "fetch/netrc.h"
#include "fetch/resume.h"
#include "fetch/route.h"
#include "base/throttle.h"
#include "fetch/upload.h"

/* How the line of a header begins that records show. */
#define TYPE_FIELD "Content-Type:"

struct decoder;
struct lane;
struct lane_origin;
struct lookup;
struct resolve_pool;
struct resolver;
struct spread;
struct watch;

/* What one engine uses of what all have together. Its own thread counts, the
 * others read. */
struct engine_use {
	atomic_size_t sockets;    /* open, idle connections' included */
	atomic_size_t connecting; /* attempts that may still open one */
	atomic_size_t bodies;     /* bytes in memory, of attempts that are not
	                           * reaped */
	char apart[128 - 3 * sizeof(size_t)]; /* from cache lines of others */
};

struct engine_common {
	const struct fetch_options *options;
	unsigned engines;          /* that share this */
	unsigned made;             /* of them, so far */
	unsigned share;            /* of -P, that each of them has */
	struct engine_use *uses;   /* of each */
	pthread_mutex_t lock;      /* of `throttle`, and to set sockets_max */
	struct throttle throttle;  /* of all bodies that come in */
	atomic_size_t sockets_max; /* of all engines, that there is room for; 0:
	                            * not counted yet */
	struct resolve_pool *lookups; /* NULL: libcurl looks names up */
	struct proxy_rules proxies;
	struct netrc netrc; /* empty without -n */
	struct authorities authorities;
	struct curl_slist *resolve; /* of --resolve */
	struct strmap given; /* of that, "host:port" -> its addresses, text of
	                      * the options */
	struct curl_slist *connect_to; /* of --connect-to */
};

struct engine {
	struct engine_common *common; /* with all engines of the run */
	struct engine_use *use;       /* of that */
	struct event_base *base;
	const struct fetch_options *options; /* those of `common` */
	struct engine_hooks hooks;
	CURLSH *share;             /* TLS sessions and cookies */
	struct tls_context tls;    /* of its connections */
	CURL *cookie_keeper;       /* loads and saves the cookie file */
	struct resolver *resolver; /* NULL: libcurl looks names up */
	struct lane **lanes;       /* NULL where none was needed so far */
	unsigned lanes_len;
	struct strmap spreads; /* origin -> struct spread, while it is busy */
	struct spread *last_spread; /* of the last request; NULL: none */
	struct list retired;        /* lanes that take no more attempts */
	struct list flying;         /* attempts that are not over */
	struct list done;           /* attempts, to be reaped */
	struct heap deadlines;
	struct event deadline_timer; /* for the first of them */
	struct event watchdog;       /* once a second */
	struct list decoding;        /* content.waiting of attempts */
	struct event decode_timer;   /* pending while that is not empty */
	struct list throttled;       /* content.waiting of attempts */
	struct event throttle_timer; /* for the first of them */
	uint64_t resumed;            /* calls of engine_resume */
	struct list full;       /* content.waiting of attempts whose bodies have
	                         * nowhere to go for now */
	struct watch **watches; /* by descriptor; NULL: libcurl has none such */
	size_t watches_len;
	size_t takes_left;   /* attempts that may begin before the sockets of
	                      * all are counted again */
	bool sockets_scarce; /* idle connections give way to new ones */
	bool late_once; /* an expiry that was late has served the sockets */
	bool ready_signalled; /* on_ready was called since the last reap */
	struct engine_counts counts;
};

/* What HTTP/2 says about the stream of a request, beyond what libcurl tells.
 * All zero where it is not HTTP/2 (HTTP/3 tells us nothing), or nothing is
 * known. */
struct stream {
	bool begun;    /* headers came, maybe of a 1xx */
	bool ended;    /* END_STREAM came: the answer is whole */
	bool refused;  /* REFUSED_STREAM, beyond the last stream of a GOAWAY,
	                * or HTTP_1_1_REQUIRED: it was not processed */
	uint64_t size; /* of the body as it was sent */
};

/* The body on its way through the decoder. */
struct content {
	bool begun;              /* it is known whether there is a decoder */
	struct decoder *decoder; /* owned; NULL: the body is not encoded */
	bool ignored;            /* nobody minds what becomes of the body */
	bool broken;             /* it cannot be decoded */
	size_t used;      /* bytes of the piece that libcurl will give again */
	bool streams;     /* it goes to on_body from here on */
	bool full;        /* on_body had enough after the last piece */
	uint64_t full_at; /* engine->resumed then */
	struct list waiting; /* while other bodies are decoded, while it has
	                      * nowhere to go, or until --limit-total allows
	                      * more: libcurl is paused then */
};

/* One transfer: a try of a request, one hop of a redirect, or a hedge. It is
 * made once and used again and again in its lane, with its easy handle. */
struct attempt {
	struct list link; /* among flying, done or idle ones */
	struct engine *engine;
	struct lane *lane;
	struct lane_origin *lane_origin; /* of its lane */
	struct spread *spread; /* of its origin; NULL: there is one lane */
	unsigned lane_number;  /* of its lane, from the origin's home on */
	CURL *easy;            /* owned */
	struct attempt_spec spec;
	struct buf tag; /* what -v calls it: "3.2#2" is the second attempt of
	                 * request 3.2; empty without -v */

	/* What the handle is set up for, kept from transfer to transfer. */
	const struct request_options *set_options; /* NULL: nothing */
	char *set_origin;
	CURLU *set_url;   /* what it fetches; owned; NULL: not in parts */
	bool set_apart;   /* that ends with its host; the target is apart */
	bool set_foreign; /* without secrets */
	bool set_fresh;   /* on a connection of its own, ... */
	bool set_closing; /* ... which nobody has afterwards */
	struct curl_slist *set_headers;
	struct curl_slist *set_resolve;
	char *set_addresses; /* as that has them; "": it needs none; NULL: not
	                      * known yet; owned */
	bool set_private;    /* one of them is private */
	curl_mime *set_mime;
	struct upload upload;     /* -T */
	unsigned uploads_waiting; /* for something to read */

	/* This transfer. */
	const char *proxy; /* borrowed; NULL: it goes there directly */
	enum proxy_kind proxy_kind;
	char *told;         /* addresses, to libcurl; owned; NULL: none */
	bool to_private;    /* its target has an address that is private */
	bool flying;        /* in libcurl's hands */
	bool is_over;       /* waits to be reaped */
	struct list waiter; /* while its name is looked up */
	struct list early;  /* while libcurl may not see that it is over */
	struct heap_node deadline;
	char error[CURL_ERROR_SIZE]; /* libcurl's words for `code` */
	int os_errno;                /* what this machine lacked; 0: nothing */
	bool connecting;             /* it has no connection so far */
	struct failure failure;      /* found by us, wins over libcurl's code */
	CURLcode code;               /* once it is over */
	unsigned wire_count;    /* copies of the request, this one included */
	bool sending;           /* the last of them is under way */
	enum wire_state wire;   /* else: what happened to it */
	struct stream stream;   /* of the last copy, over HTTP/2 */
	curl_off_t sent_before; /* bytes of requests, before the last copy */
	struct head head;       /* of the answer that comes in */
	struct buf headers;     /* the block of that head */
	size_t type_line;       /* offset of the last TYPE_FIELD in it */
	bool has_type;          /* there is one */
	struct buf heads;       /* and all blocks before, if they are kept */
	struct buf request_headers; /* as sent, if they are kept */
	bool has_quota_header;      /* among the headers are some of limits.h */
	uint64_t headers_total;     /* bytes, of all heads */
	enum part_state part;       /* of spec.resume */
	struct resume_extent extent; /* of the answer, if the part goes on */
	struct body body;            /* decoded */
	size_t spill_at; /* in memory: then try again to open a file */
	struct content content;
	uint64_t received; /* bytes of the body as they came */
	uint64_t
	    tick_size; /* bytes moved until the last tick of the watchdog */
	unsigned slow_ticks;   /* in a row, below the speed of -Y */
	curl_off_t early_sent; /* at the last tick, if it was answered; -1 */
	int64_t start_us;
	int64_t lookup_us; /* from then until libcurl got it; -1: never */
	int64_t wire_us;   /* when the first copy was sent; -1: never */
};

/* --- common.c ------------------------------------------------------------- */

static inline size_t
use_read(const atomic_size_t *count)
{
	return atomic_load_explicit(count, memory_order_relaxed);
}

/* Count something of an engine, in its own thread: as nobody else writes,
 * nothing has to be locked. */
static inline void
use_add(atomic_size_t *count, size_t by)
{
	atomic_store_explicit(
	    count, use_read(count) + by, memory_order_relaxed);
}

static inline void
use_subtract(atomic_size_t *count, size_t by)
{
	size_t old = use_read(count);

	atomic_store_explicit(
	    count, old > by ? old - by : 0, memory_order_relaxed);
}

/* The use of another engine, to which it belongs. */
struct engine_use *common_use(struct engine_common *);
/* What all engines use together. */
struct engine_total {
	size_t sockets; /* open */
	size_t claimed; /* sockets, open or soon to be, but of each of several
	                 * engines as many as its share of -P: an idle
	                 * connection is not kept in the place of these */
	size_t bodies;  /* bytes */
};
struct engine_total common_total(const struct engine_common *);
/* How many sockets there is room for. The first engine that asks counts, so it
 * must have none so far. */
size_t common_sockets_max(struct engine_common *);
/* --limit-total: take a piece of a body and pay for it. False: it is not its
 * time yet. */
bool common_take(struct engine_common *, size_t len);
/* In how many microseconds another piece may be taken, if no engine takes one
 * until then; 0: now. */
int64_t common_wait_us(struct engine_common *);
/* Append a copy of `text` to a list that ends at *end, which libcurl would
 * walk through each time. Returns its new end. */
struct curl_slist **slist_append(struct curl_slist **end, const char *text);

/* --- lane.c --------------------------------------------------------------- */

/* Make room for as many lanes as the engine's share of -P needs; each is made
 * on its first use. */
void lanes_open(struct engine *);
/* Free all lanes. No attempt may be in use. */
void lanes_close(struct engine *);
/* Give way to other engines that need descriptors. */
void lanes_give_way(struct engine *);
/* lane_kick for each lane that is in use. */
void lanes_kick(struct engine *);
/* Free retired lanes that nobody uses. Not to be called within libcurl. */
void lanes_sweep(struct engine *);
/* An attempt for a request to `origin`, in a lane that has room for it; it is
 * the caller's until lane_give_back, and its handle may still be set up for
 * the request before. Not to be called within libcurl. */
struct attempt *lane_take(struct engine *, const char *origin);
/* Take back an attempt that has left libcurl; it may be freed here. */
void lane_give_back(struct attempt *);
/* Does the lane's libcurl have these addresses for the attempt's origin? It
 * notes for good what an attempt that went there has told it. */
bool lane_has_addresses(const struct attempt *, const char *addresses);
/* Hand the attempt to libcurl. False: libcurl does not take it. */
bool lane_start(struct attempt *);
/* Take the attempt out of libcurl's hands, whether it is over or not. */
void lane_stop(struct attempt *);
/* Let libcurl act on a socket, for events of CURL_CSELECT_*, or on its
 * timeouts. */
void lane_act(struct lane *, curl_socket_t, int events);
/* Let libcurl look at its timeouts (a stalled timer of several versions must
 * not stall a run), and at connections of many streams. */
void lane_kick(struct lane *);

/* --- sockets.c ------------------------------------------------------------ */

/*
 * Each engine counts its sockets, those of idle connections included, and
 * compares those of all engines with what the limit of descriptors leaves room
 * for. Connections that are kept for later give way to those needed now.
 */
/* The attempt begins, and may open a connection. */
void sockets_await(struct attempt *);
/* It has its connection, or is over: it will open no other one. */
void sockets_await_no_more(struct attempt *);
/* Open a socket for an attempt, as CURLOPT_OPENSOCKETFUNCTION does. If that
 * fails, the attempt's os_errno says why. */
curl_socket_t sockets_add(struct attempt *, const struct curl_sockaddr *);
/* CURLOPT_CLOSESOCKETFUNCTION; `arg` is the engine. */
int sockets_close(void *arg, curl_socket_t fd);
/* Free the table of sockets, when all lanes are gone. */
void sockets_release(struct engine *);

/* The sockets of one lane that are watched. */
struct socket_set {
	struct engine *engine;
	struct lane *lane;
	struct list watches;
};

/* Watch what the multi handle of the lane waits for. */
void socket_set_open(
    struct socket_set *, struct engine *, struct lane *, CURLM *multi);
/* Watch none of them any longer: the lane is gone. */
void socket_set_release(struct socket_set *);
/* Returns those that libcurl waits for; caller frees. */
curl_socket_t *socket_set_list(const struct socket_set *, size_t *len);

/* --- engine.c ------------------------------------------------------------- */

/* The bytes of requests that libcurl has sent, those of CONNECT among them. */
curl_off_t attempt_sent(const struct attempt *);
/* Has the attempt its whole answer, over HTTP/2? */
bool attempt_is_answered(const struct attempt *);
/* May the attempt's answer have a body (RFC 9110, 6.4.1)? If not, libcurl does
 * not wait for the end of its stream. */
bool attempt_may_have_body(const struct attempt *);
/* Has the answer no body, and does its framing say so? It may well be labelled
 * as an encoded one: servers do that for HEAD, 204 and 304, and for an empty
 * file. */
bool attempt_is_empty(const struct attempt *, int http_version);
/* The attempt is over, with libcurl's `code`: stop its timers and queue it in
 * engine->done, to be reaped. It must have left its lane (lane_stop). */
void attempt_finish(struct attempt *, CURLcode code);

/* --- setup.c -------------------------------------------------------------- */

/* Set the attempt's handle up for its request, as far as it is not set up like
 * that already. -1 with the attempt's failure set. */
int attempt_setup(struct attempt *);
/* Free what the handle was set up with; the next attempt_setup does it all. */
void attempt_forget_setup(struct attempt *);

/* --- route.c -------------------------------------------------------------- */

enum address_state {
	ADDRESS_KNOWN,   /* it can start */
	ADDRESS_PENDING, /* a->waiter is queued */
	ADDRESS_FAILED,  /* the attempt's failure is set */
};
/* Threads that look names up. NULL where libcurl does that: with the path of a
 * socket, or with --connect-to. */
struct resolve_pool *address_lookups(const struct fetch_options *);
/* Find the address that the attempt's connection goes to. */
enum address_state address_find(struct attempt *);
/* The lookup that the attempt waited for is over: take its addresses. */
enum address_state address_found(struct attempt *, const struct lookup *);
/* Must the attempt not go to a private address? */
bool address_is_guarded(const struct attempt *);
/* Set the attempt's failure: it must not go to `ip`, which is private. `name`
 * is the host that has that address, or NULL. Returns -1. */
int address_refuse(struct attempt *, const char *name, const char *ip);
/* Did the attempt, which is over, lead over the public Internet? */
bool address_was_public(const struct attempt *);

/* --- receive.c ------------------------------------------------------------ */

/* Start and stop the timer by which bodies that decode to very much take
 * turns. */
void receive_open(struct engine *);
void receive_close(struct engine *);
/* Tell libcurl what to call for the attempt's handle, anew after each reset of
 * the handle. */
void attempt_set_callbacks(struct attempt *);
/* With -v: name the attempt, which begins, and say what it fetches. */
void attempt_begin_trace(struct attempt *);
/* No more of the attempt's body comes: if it has a file, write what is still
 * in memory to it. -1: the attempt's failure is set. */
int attempt_end_body(struct attempt *);
/* The head of the answer to spec.resume is there: set a->part. False: it does
 * not fit, and the attempt's failure is set. */
bool attempt_judge_part(struct attempt *);
/* libcurl takes the attempt's answer for whole. If its body ends before the end
 * of its encoding, *failure is set. */
void attempt_check_body(struct attempt *, int http_version, struct failure *);
/* Free the attempt's body and its decoder, ready for another one. */
void attempt_reset_body(struct attempt *);

/* --- finish.c ------------------------------------------------------------- */

/* Fill *r, uninitialised storage, with what became of the attempt, which is
 * over. The body moves into it. */
void attempt_result(struct attempt *, struct result *r);

#endif
