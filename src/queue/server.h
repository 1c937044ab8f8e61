/*
 * What the queue's server says about itself and about what it refuses, judged:
 * whether a queue can be on it, whether to wait for it, and what a user can do
 * about it. Pure.
 */
#ifndef GATHER_QUEUE_SERVER_H
#define GATHER_QUEUE_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "queue/address.h"

/* The answer to INFO, as far as it matters. */
struct server_info {
	char run_id[64];
	char version_text[32]; /* "7.0.15" */
	unsigned version;      /* 70015 */
	char policy[32];       /* maxmemory-policy */
	bool loading;
	bool replica;
	bool sentinel;
	bool keeps_no_log; /* appendonly no */
	bool has_replicas; /* that are connected */
};

/* Read the answer; what it does not say is zero. */
void server_info_read(struct server_info *, const char *text, size_t len);

enum server_verdict {
	SERVER_FINE,
	SERVER_WAIT, /* it will be fine, or another one in its place */
	SERVER_UNFIT /* no queue can be on it */
};

/* Judge a server, and append why it is not fine: "it is still loading its
 * data"; of one that is unfit, behind its name: "is Redis 6.0.16; ...". */
enum server_verdict server_judge(const struct server_info *, struct buf *why);

/* What becomes of a call that was answered by an error. */
enum refusal {
	REFUSAL_CALLER,   /* whoever called decides */
	REFUSAL_OOM,      /* the same: the server has no memory left */
	REFUSAL_NOSCRIPT, /* the script is to be sent again */
	REFUSAL_WAIT,     /* the server cannot do it now */
	REFUSAL_UNFIT     /* no queue can be on it */
};

/* Judge an error, "WRONGTYPE Operation against ...". Those that a command in a
 * script got are found in the message of the script. */
enum refusal refusal_of(const char *error);

/* The call that was refused. */
struct refused_call {
	const char *command; /* "XADD"; of a script "EVALSHA" */
	const char *script;  /* its name; NULL: none */
	const char *keys;    /* "gather:{jobs}:q, gather:{jobs}:out"; "" */
};

/* Append why no queue can be on a server that has refused a call with this
 * error, and what to do: "refuses the password of user worker". It is about
 * the server, whose name is in front of it. */
void refusal_explain(struct buf *out, const char *error,
    const struct refused_call *, const struct queue_address *);

#endif
