/*
 * What the commands of a queue share that are no run (--feed, --results,
 * --queue-status): a loop with its timers, the connection to the server, the
 * signals and --deadline, calls of scripts, and one way to end.
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
#include "queue/client.h"
#include "queue/scripts.h"
#include "resp/args.h"

enum {
	SESSION_PUT = 5, /* the key of the bitmap */
	SESSION_KEYS = 9,
	SESSION_LEASE_MS = 5000 /* of the only feeder and the only reader */
};

/* What a command does in its session. Each function may be NULL. */
struct session_role {
	const char *option; /* "--feed", for messages */
	void (*on_connected)(void *arg);
	/* A signal, or --deadline, asks for the end: what is under way is
	 * wound up, which session_leave_soon limits. NULL: the session ends
	 * at once. */
	void (*on_stop)(void *arg);
	/* The time that session_wake was given has passed. */
	void (*on_turn)(void *arg);
	/* Once a second: the lease is to be renewed. */
	void (*on_renew)(void *arg);
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
	bool is_connected;
	bool stopped;     /* a signal or --deadline has asked for the end */
	bool leaves;      /* nothing more is begun */
	int stop_status;  /* the exit status of a session that was stopped */
	int leave_status; /* and of one that leaves */
	bool ended;
	int status; /* the exit status, once it has ended */
	int signal; /* that ended it; 0: none */
	/* Of another process that does what this one is to do: how long its
	 * lease was at the last answer, 0: there was none, and when that was
	 * asked. */
	int64_t taken_ms;
	int64_t taken_us;
	struct event signals[EXIT_SIGNALS];
	struct event deadline;
	struct event turn;
	struct event renew;
	struct event give_up;
	const struct session_role *role; /* borrowed */
	void *arg;                       /* of its functions */
};

/* Connect to the queue of the options. `role` is called with `arg`. NULL with
 * *cause set (caller frees). */
struct queue_session *session_open(const struct options *,
    const struct session_role *role, void *arg, char **cause);
/* NULL is fine. */
void session_close(struct queue_session *);
/* Run the loop until the session ends. Returns the exit status; a signal is
 * raised again by session_conclude. */
int session_loop(struct queue_session *);
/* Call on_turn after `us` microseconds; an earlier call is replaced. */
void session_wake(struct queue_session *, int64_t us);
/* Nothing more is begun: the session ends with `status` after two seconds at
 * most, in which the command calls session_end once the last answers are there.
 * Only the first call counts. */
void session_leave_soon(struct queue_session *, int status);
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
/* Was the call answered as it should be? Learns the identity, item 0. If it was
 * refused the session ends. */
bool session_answered(
    struct queue_session *, enum queue_end, const struct queue_reply *);
/* Is the answer an error that begins with `word`? Scripts' errors may stand
 * behind words of the server. Returns it from there on; NULL: it is not. */
const char *session_error(const struct queue_reply *, const char *word);
/* What the session waits for, for the progress line, while it has no
 * connection; else NULL. */
const char *session_waiting(const struct queue_session *);
/* Item `i` of an answer as a number, 0 if it is none. */
int64_t session_number(const struct queue_reply *, size_t i);

/*
 * An answer TAKEN, which says that another process does what this one is to do.
 * If that process is known to be dead, *token is its token (caller frees), to
 * take its place by; else NULL. Returns true if it is worth asking again in a
 * while, as it may be dead; false: it lives, and the session ends with a
 * message.
 */
bool session_taken(struct queue_session *, const char *error, char **token);

#endif
