/*
 * The connections to the queue's server, Redis or Valkey, on a libevent base.
 * libcurl opens them (TLS, time limits), hiredis formats what is asked and
 * parses what is answered.
 *
 * A client has two lines, each a connection that is opened when it is used
 * first: one for calls, which are pipelined and answered in their order, and
 * one for the messages of channels. A line that is lost is opened anew after
 * 0.1 s, which doubles up to 5 s, and the name is looked up again; what was not
 * answered is sent again, in the same order, before what was asked since. So
 * whatever is called must do no harm when it is done twice, or say
 * QUEUE_CALL_ONCE.
 *
 * A server that is loading, that cannot write, that has become a replica or is
 * busy with a script (LOADING, MISCONF, READONLY, BUSY, TRYAGAIN, MASTERDOWN)
 * is waited for in the same way: the connection is closed, and the call goes
 * again. Callers never see these errors.
 *
 * The client ends in one of two ways, each told by on_lost: the server was away
 * for longer than the time limit, or it is not one that a queue can be on (a
 * wrong password, a command that the ACL forbids, a key of another type, a
 * version before 6.2, a cluster that redirects, a policy that evicts keys).
 *
 * Messages that a user can do something about (the server is away, is back, or
 * keeps nothing on disk) are printed here. One thread uses a client.
 */
#ifndef GATHER_QUEUE_CLIENT_H
#define GATHER_QUEUE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "queue/address.h"
#include "resp/reply.h"

struct event_base;
struct fetch_options;
struct queue_call;
struct queue_client;

enum {
	/* Bytes that an answer may take in memory. A longer one ends the
	 * connection as one that is not understood. */
	QUEUE_MAX_REPLY = 256 << 20,
	/* Bytes of a call, all arguments together. */
	QUEUE_MAX_CALL = 256 << 20
};

/* A script, of which there is one static object. It is sent whole once for
 * each connection, and named by its digest from then on; a server that has
 * forgotten it is sent it again. */
struct queue_script {
	const char *name; /* "finish", for messages */
	const char *text; /* Lua */
};

/* How a call ended. */
enum queue_end {
	QUEUE_ANSWERED, /* by what it should be; `reply` is no error */
	QUEUE_REFUSED,  /* by an error that is none of those above; `reply` is
	                 * that error: what a script returns by error_reply, or
	                 * a mistake of ours; or nil, as the call is too long */
	QUEUE_OOM,      /* the server is at its maxmemory; `reply` says so.
	                 * Nothing was done: call again later */
	QUEUE_CUT,      /* QUEUE_CALL_ONCE: the connection was lost, and it is
	                 * not known whether the server did it; `reply` is nil.
	                 * Also at once where the line is not connected */
	QUEUE_LOST      /* the client has ended; `reply` is nil */
};

/* One call. All that is pointed to is copied by queue_client_call, but for the
 * script. */
struct queue_request {
	const struct queue_script *script; /* NULL: `argv` is a command */
	size_t keys; /* of a script: how many of the first `argv` are keys */
	size_t argc; /* with a script: keys and arguments only */
	const char *const *argv;
	const size_t *lens;    /* bytes of each; NULL: all end with a NUL */
	int64_t time_limit_us; /* for the answer, once it is sent; then the
	                        * connection counts as lost. 0: 10 s */
	unsigned flags;        /* QUEUE_CALL_... */
	/* The call is over and forgotten. `reply` is borrowed until it returns.
	 * It may call again, and cancel; it may not free the client. Never
	 * called from inside queue_client_call. NULL: nobody wants to know. */
	void (*done)(void *arg, enum queue_end, const struct queue_reply *);
	void *arg;
};

enum {
	/* Only over the connection that is open now: it is not sent again
	 * (QUEUE_CUT). */
	QUEUE_CALL_ONCE = 1 << 0
};

/* The server at the other end of the line for calls. */
struct queue_server {
	const char *run_id; /* differs after a restart and a failover */
	unsigned version;   /* 6.2.14 is 60214 */
	bool first;         /* the client was never connected before */
	bool changed;       /* not the first, and another run_id than before */
};

/* Who wants to know; each may be NULL. They may call and cancel, not free the
 * client. */
struct queue_hooks {
	/* The line for calls is connected, again or for the first time,
	 * and the server has passed the checks. Calls made in here are sent
	 * before those that wait. */
	void (*on_connected)(void *arg, const struct queue_server *);
	/* The server is away: what is called from now on waits. Until
	 * on_connected. */
	void (*on_away)(void *arg);
	/* The client has ended. `status` is the exit status (process/exit.h), 2
	 * or 3, and `why` the one line that says why, redacted, without
	 * "gather: ". All calls end with QUEUE_LOST, right behind it. Once at
	 * most, and never from inside a function of this header. */
	void (*on_lost)(void *arg, int status, const char *why);
	/* The subscriptions are in place, again or for the first time: messages
	 * of before may have been missed. */
	void (*on_subscribed)(void *arg);
	void (*on_message)(
	    void *arg, const char *channel, const char *text, size_t len);
	void *arg;
};

struct queue_client_options {
	const struct queue_address *address; /* borrowed */
	const struct fetch_options *fetch;   /* TLS, -4, -6, --resolve,
	                                      * --connect-timeout; borrowed */
	int64_t timeout_us;                  /* --queue-timeout */
	struct queue_hooks hooks;            /* copied */
};

/* A client that begins to connect its line for calls in the next turn of the
 * loop. NULL with *cause set (caller frees) if hiredis is not there, or
 * libcurl cannot do what is asked. */
struct queue_client *queue_client_new(
    struct event_base *, const struct queue_client_options *, char **cause);
/* Close all lines at once; whoever waits is not called. NULL is fine. */
void queue_client_free(struct queue_client *);

/* Ask the server. Returns the call, which is valid until `done` is called or it
 * is cancelled. It is sent in this turn of the loop, together with others. */
struct queue_call *queue_client_call(
    struct queue_client *, const struct queue_request *);
/* Do not call `done`. What was sent may still be done by the server; what was
 * not is not sent. */
void queue_client_cancel(struct queue_client *, struct queue_call *);
/* Subscribe to a channel, now and after each reconnection. The name is copied.
 */
void queue_client_subscribe(struct queue_client *, const char *channel);

/* Its run_id as of the last connection, borrowed until the next one; "" before
 * the first. */
const char *queue_client_run_id(const struct queue_client *);

#endif
