/*
 * The engine: transfers on a libevent base by libcurl's multi interface. It
 * starts what it is told to at once and reports what is over. Who may start is
 * the scheduler's decision, and what follows is the run's.
 *
 * A run has several of them, each on a thread of its own, or one. They share
 * what is in their struct engine_common, and nothing else.
 */
#ifndef GATHER_FETCH_ENGINE_H
#define GATHER_FETCH_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fetch/hop.h"
#include "fetch/options.h"
#include "request/request.h"
#include "request/result.h"

struct event_base;
struct engine;
struct engine_common;
struct attempt;
struct resume;

/* Reasons of failures of class ERROR_LOCAL after which the attempt is to be
 * started once more: after the second one with hop.no_expect. */
#define ENGINE_NOT_ADMITTED   "not admitted"
#define ENGINE_EXPECT_REFUSED "417"
/* The answer does not fit to what is there of the file (spec.resume): to be
 * started without that. */
#define ENGINE_PART_REFUSED "another part"

/* The answer whose body comes in, as far as it is there. Borrowed. */
struct arrival {
	int status;
	enum part_state part;    /* what it is to spec.resume */
	const char *headers;     /* its header block; NULL: it is empty */
	const struct buf *heads; /* the heads that came so far, in order, if
	                          * they are kept; empty otherwise */
};

struct engine_hooks {
	/* The request of `owner` is about to be sent, or sent again. Return
	 * false if it must not be; it ends with ENGINE_NOT_ADMITTED then.
	 * Called inside libcurl: no engine function may be called. */
	bool (*on_wire)(void *arg, void *owner, int64_t now);
	/* `chunk` is a piece of a body that is streamed (enum body_way); its
	 * content may be moved out. Return false where that is enough for now:
	 * the transfer is paused until engine_resume. Called inside libcurl. */
	bool (*on_body)(
	    void *arg, void *owner, const struct arrival *, struct buf *chunk);
	/* The body, of which `spec.in_turn_from` bytes or more are there, may
	 * be streamed from here on. Return true if all of it was taken, from
	 * its file (`body->fd`, if there is one) and from memory, which may be
	 * moved out; false: ask again with the next piece. Called inside
	 * libcurl. */
	bool (*on_turn)(
	    void *arg, void *owner, const struct arrival *, struct body *body);
	/* engine_reap has something. Called inside the event loop. */
	void (*on_ready)(void *arg);
	void *arg;
};

/* What becomes of a body as it comes, if its status is below 300; another
 * attempt may follow on any other answer, so its body is kept. */
enum body_way {
	WAY_KEPT,     /* all of it is in the result */
	WAY_STREAMED, /* it goes to on_body, except its last bytes, which are in
	               * the result */
	WAY_IN_TURN,  /* as WAY_KEPT until on_turn has taken it, then as
	               * WAY_STREAMED */
	WAY_DROPPED   /* nobody wants it: the result knows its size */
};

struct attempt_spec {
	const struct request *request; /* borrowed until the attempt ends */
	const struct hop *hop;         /* borrowed likewise */
	void *owner;                   /* handed back by engine_reap */
	unsigned number;         /* of the attempt at its request, from 1 */
	int64_t time_left_us;    /* from its start on; 0: no limit */
	const char *time_option; /* that set it: "-m"; static */
	bool own_connection;     /* it must not use one that is open already */
	enum body_way way;
	uint64_t in_turn_from;       /* bytes, for WAY_IN_TURN */
	const struct resume *resume; /* borrowed likewise; what is there already
	                              * of the file; NULL: ask for all of it */
	uint64_t max_body;  /* decoded bytes; more is a failure; 0: any */
	int64_t wire_by_us; /* for a thread (fleet.h): before that moment the
	                     * request may be sent; 0: at any time. An engine
	                     * asks on_wire */
};

/*
 * What the engines of a run have in common: their options, proxies and
 * passwords, and whom they trust.
 *
 * It is for `engines` of them, 1 or more, each of which is used by one thread,
 * while the thread that makes and frees them all uses none. Each of them has
 * its own connections, and its own TLS sessions to resume. An engine alone
 * waits for no lock.
 *
 * `options` are borrowed. NULL with *cause set (caller frees) if this libcurl
 * refuses an option.
 */
struct engine_common *engine_common_new(
    const struct fetch_options *options, unsigned engines, char **cause);
/* How many engines to make: as many as were wanted, or only one if there is a
 * cookie file, since all requests are to know the cookies of all answers, and
 * threads cannot share them. */
unsigned engine_common_engines(const struct engine_common *);
/* All its engines must be gone. NULL is fine. */
void engine_common_free(struct engine_common *);

/* One of the engines that this was made for. What is common is borrowed, the
 * hooks are copied. */
struct engine *engine_new(
    struct engine_common *, struct event_base *, const struct engine_hooks *);
/* Free the engine, and cancel what is in flight; owners are not told. The
 * cookie jar of -c is written. NULL is fine. */
void engine_free(struct engine *);

/* Start a transfer now. It always ends in engine_reap, even if it cannot begin,
 * unless it is cancelled. Not to be called inside hooks. */
struct attempt *engine_start(struct engine *, const struct attempt_spec *);
/* End the attempt now, whether it is over or not; it will not be reaped. Not to
 * be called inside hooks. */
void engine_cancel(struct engine *, struct attempt *);
/* Take the next transfer that is over: *owner is set, and its result is moved
 * to *r, uninitialised storage. The attempt is gone afterwards. False: there is
 * none. */
bool engine_reap(struct engine *, void **owner, struct result *r);

/* What has happened so far to the last copy of the request that was sent. */
enum wire_state attempt_wire(const struct attempt *);

/* There is room again for bodies that on_body was not to go on with: resume
 * their transfers. Not to be called inside hooks. */
void engine_resume(struct engine *);

/* Close connections that nobody uses, since others need their descriptors. Not
 * to be called inside hooks. */
void engine_drop_idle(struct engine *);

struct engine_counts {
	uint64_t connections_opened;
	uint64_t connections_reused; /* answers that came without a new one */
	uint64_t wire_requests;      /* copies that were sent, of reaped ones */
	uint64_t bytes_received;     /* of bodies, as they came */
	size_t flying;               /* attempts that are not over */
};
struct engine_counts engine_counts(const struct engine *);

/* What is under way. */
struct engine_view {
	void *oldest; /* owner of the attempt that began first; NULL: none */
	double share; /* of their bodies that has come, each from 0 to 1,
	               * added up; 0 for those whose length is unknown */
	int64_t left; /* bytes of their bodies; -1: not known of all */
};
/* Takes time for each attempt that is under way. */
struct engine_view engine_look(const struct engine *);

/*
 * A request as it would be sent, without sending it: libcurl writes it into a
 * socket that leads nowhere. Nobody is contacted, and no name is looked up.
 */
struct preview {
	struct buf head; /* request line and headers, with line ends, secrets
	                  * and all; as over HTTP/1.1 */
	struct buf body; /* its first bytes, at most PREVIEW_BODY */
	char *proxy;     /* that it would go through, redacted; NULL: none */
};

enum {
	PREVIEW_BODY = 4096
};

/* Fill *p for `request`, which must be valid; the caller releases it. Returns
 * -1 with *cause (caller frees) where it "cannot be sent:
 * ...", or is "not shown: ...", as its body is read from a FIFO, say. */
int preview_make(struct preview *p, const struct fetch_options *,
    const struct request *request, char **cause);
void preview_release(struct preview *);

#endif
