/*
 * What the commands of a queue share that are no run (--feed, --results,
 * --queue-status): a loop, the connection to the server, the signals, calls of
 * scripts, and one way to end.
 */
#ifndef GATHER_COMMAND_QUEUE_SESSION_H
#define GATHER_COMMAND_QUEUE_SESSION_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/options.h"
#include "process/exit.h"
#include "queue/address.h"
#include "queue/args.h"
#include "queue/client.h"
#include "queue/scripts.h"

enum {
	SESSION_PUT = 5, /* the key of the bitmap */
	SESSION_KEYS = 9
};

struct queue_session {
	struct event_base *base;
	const struct options *options; /* borrowed */
	struct queue_address address;
	struct queue_client *client;
	char *keys[SESSION_KEYS]; /* q and so on */
	char *token;              /* of this process */
	char *who;                /* "HOST PID" */
	char *identity;           /* of the queue; "" before the first answer */
	bool ended;
	int status; /* the exit status, once it has ended */
	int signal; /* that ended it; 0: none */
	struct event signals[EXIT_SIGNALS];
	/* The command's; NULL: nothing is to be done then. */
	void (*on_connected)(void *arg);
	void (*on_signal)(void *arg); /* the first one; else the session ends */
	void *arg;
};

/* Connect to the queue of the options. NULL with *cause set (caller frees). */
struct queue_session *session_open(const struct options *, char **cause);
/* NULL is fine. */
void session_close(struct queue_session *);
/* Run the loop until the session ends. Returns the exit status; a signal is
 * raised again by session_conclude. */
int session_loop(struct queue_session *);
/* End it: the loop returns. Only the first call counts. */
void session_end(struct queue_session *, int status);
/* End it with a message. */
void session_fail(struct queue_session *, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Close it, raise its signal again if there was one, or return `status`. */
int session_conclude(struct queue_session *, int status);

/* A call of a script. */
struct session_call {
	const struct queue_script *script;
	const char *keys; /* the parts of its keys, "q meta" */
	void (*done)(void *arg, enum queue_end, const struct queue_reply *);
	void *arg;
};
/* Make the call; the arguments are released. */
void session_call(struct queue_session *, const struct session_call *,
    struct queue_args *args);
/* Was the call answered as it should be? Learns the identity, item 0. If not,
 * and it is neither QUEUE_OOM nor an error that begins with `word` (NULL:
 * none), the session ends. */
bool session_answered(struct queue_session *, enum queue_end,
    const struct queue_reply *, const char *word);
/* Is the answer an error that begins with `word`? Scripts' errors may stand
 * behind words of the server. Returns it from there on; NULL: it is not. */
const char *session_error(const struct queue_reply *, const char *word);
/* Item `i` of an answer as a number, 0 if it is none. */
int64_t session_number(const struct queue_reply *, size_t i);

/*
 * An answer TAKEN, which says that another process does what this one is to do.
 * If that process is known to be dead, *token is its token (caller frees), to
 * take its place by; else NULL. Returns true if it is worth asking again in a
 * while, as it may be dead; false: it lives, and the session ends with a
 * message.
 */
struct session_taken {
	const char *option; /* "--feed", for the message */
	int64_t left_ms;    /* of its lease, at the last answer; 0: none */
	int64_t asked_us;   /* when that was */
};
bool session_taken(struct queue_session *, struct session_taken *,
    const char *error, char **token);

#endif
