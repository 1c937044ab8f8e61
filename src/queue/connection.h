/*
 * What the files of the client share: the client, its lines and their calls.
 *
 *	client.c   the client and what is asked of it; its end
 *	call.c     a call, from its format to its end
 *	line.c     a line: it is connected, greeted, used, lost
 */
#ifndef GATHER_QUEUE_CONNECTION_H
#define GATHER_QUEUE_CONNECTION_H

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/buf.h"
#include "base/list.h"
#include "queue/client.h"
#include "queue/server.h"
#include "queue/transport.h"
#include "resp/resp.h"

enum {
	CLIENT_SCRIPTS = 32, /* more are never used by one process */
	DIGEST_SIZE = 40
};

/* The connections of a client. */
enum queue_line {
	QUEUE_COMMANDS,
	QUEUE_SUBSCRIBE, /* messages: queue_client_subscribe only */
	QUEUE_LINES
};

/* Who a call belongs to. */
enum call_kind {
	CALL_OF_USER,
	CALL_OF_LINE /* of the connection: it ends with it */
};

struct queue_call {
	struct list link;
	struct line *line;
	struct buf bytes;                  /* as it is sent */
	size_t digest_at;                  /* where the script's stands in it */
	const struct queue_script *script; /* NULL: none */
	int64_t time_limit_us;
	int64_t sent_us;
	unsigned flags;
	enum call_kind kind;
	bool cancelled;  /* it was sent; nobody waits for the answer */
	uint64_t number; /* of the calls in their order */
	bool sent;       /* it is in line->sent */
	bool again;      /* it was sent, and goes before those that were not */
	enum queue_end end; /* once it is in client->ending */
	void (*done)(void *arg, enum queue_end, const struct queue_reply *);
	void *arg;
};

enum line_state {
	LINE_UNUSED,
	LINE_PAUSED,  /* until it is tried again */
	LINE_OPENING, /* the transport is */
	LINE_GREETING,
	LINE_READY
};

struct line {
	struct queue_client *client;
	enum queue_line which;
	enum line_state state;
	struct transport *transport;
	struct resp_reader *reader; /* of this connection, or the last one */
	struct buf out;             /* what is being sent */
	size_t out_sent;
	struct list waiting; /* calls that are to be sent */
	struct list sent;    /* those that are to be answered, in order */
	uint32_t loaded;     /* bits of client->scripts: known to the server */
	const struct queue_script *loading; /* nothing is sent meanwhile */
	struct event timer; /* the pause, and the limit of an answer */
	struct event flush; /* there is something to send */
	int64_t timer_due;
	int64_t pause_us;    /* before the next try */
	int64_t away_since;  /* 0: it is not */
	int64_t progress_us; /* the last answer */
	bool doubted; /* it was connected and did not answer as it should */
	struct strlist channels; /* of QUEUE_SUBSCRIBE */
	size_t unconfirmed;      /* how many of them */
};

struct queue_client {
	struct event_base *base;
	const struct queue_address *address;
	struct queue_hooks hooks;
	int64_t timeout_us;
	struct transport_common transports;
	struct line lines[QUEUE_LINES];
	struct list ending; /* calls that are over, and nobody was told */
	struct event end;   /* tell them */
	struct event away;  /* the limit of being away */
	struct {
		const struct queue_script *script;
		char digest[DIGEST_SIZE];
	} scripts[CLIENT_SCRIPTS];
	size_t scripts_len;
	char run_id[64];
	uint64_t random;
	uint64_t calls;     /* so many were made */
	bool was_connected; /* once at least */
	bool is_connected;  /* on_connected was called, and not on_away since */
	bool told_away;     /* the user knows that it is away */
	bool was_away;      /* what is told is no first connection */
	bool warned;        /* that nothing is kept on disk */
	char *why;          /* it is away, or has ended; owned */
	int end_status;     /* 0: it has not ended */
	bool told_end;
	char received[64 << 10];
};

/* --- call.c --- */

/* A call of a user. It has no bytes if it is too long. */
struct queue_call *call_new(struct line *, const struct queue_request *);
/* A command of the connection's own; `done` gets the line. */
struct queue_call *call_new_own(struct line *, size_t argc,
    const char *const *argv,
    void (*done)(void *line, enum queue_end, const struct queue_reply *));
/* Remove and free. */
void call_free(struct queue_call *);
/* It is over: tell whoever called, and free it. */
void call_end(struct queue_call *, enum queue_end, const struct queue_reply *);
/* The same, in the next turn of the loop. */
void call_end_later(struct queue_call *, enum queue_end);
/* Put it in front of those that were never sent, in its order among those that
 * were. */
void call_send_again(struct queue_call *);
/* Say what is refused; the strings are those of `name` and `keys`. */
struct refused_call call_describe(
    const struct queue_call *, struct buf *name, struct buf *keys);

/* --- line.c --- */

void line_init(struct line *, struct queue_client *, enum queue_line);
/* Close it and free all calls; nobody is told. */
void line_release(struct line *);
/* Connect it, unless it is or is about to. */
void line_use(struct line *);
/* Subscribe to one channel more. */
void line_subscribe(struct line *, const char *channel);
/* There is something to send. */
void line_flush_soon(struct line *);
/* Close the connection; what was not answered waits. */
void line_close(struct line *);
/* Close it, and try again after a while: it was lost, could not be made, or is
 * to a server that says that it is not ready. */
void line_lose(struct line *, const char *why);
/* The same: the server does not do what it should, though it says that all is
 * well. That it can be connected to means nothing until it has done it. */
void line_doubt(struct line *, const char *why);

/* --- client.c --- */

/* A line is away: tell the user, and start the time limit. */
void client_on_away(struct line *, const char *why);
/* A line is back. */
void client_on_back(struct line *);
/* The server has said what it is. False: the line was closed. */
bool client_check(struct line *, const struct server_info *);
/* The line QUEUE_COMMANDS is ready. */
void client_on_connected(struct queue_client *, const struct server_info *);
/* End it: nothing more is possible. `status` as on_lost has it; `why` begins
 * with a verb, behind the name of the server. */
void client_end(struct queue_client *, int status, const char *why);
/* The number of a script in client->scripts. */
size_t client_script(struct queue_client *, const struct queue_script *);

#endif
