/*
 * A worker at the queue: who it is, what it has learned of the queue, and how
 * it calls the scripts of workers (queue/scripts.h), which all begin with the
 * same arguments.
 *
 * What ends the worker is told once, by `failed`.
 */
#ifndef GATHER_QUEUE_WORKER_H
#define GATHER_QUEUE_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "queue/address.h"
#include "queue/client.h"
#include "queue/scripts.h"
#include "resp/args.h"

enum {
	WORKER_LEASE_MS = 30000,
	/* Bytes of records that may wait for their reader; beyond that nothing
	 * is taken. */
	WORKER_UNREAD_MAX = 1 << 30
};

/* How far the queue is, as of the last answer. */
struct worker_counts {
	int64_t left;   /* inputs without a record */
	int64_t held;   /* those of them that are with workers */
	int64_t total;  /* of the queue; -1: more may come */
	int64_t unread; /* bytes of records that wait for their reader */
	int64_t fed;    /* inputs that are in; -1: not known so far */
	int64_t done;   /* with those that failed */
	int64_t failed;
	int64_t workers; /* that are alive */
};

struct worker_setup {
	struct queue_client *client;         /* borrowed */
	const struct queue_address *address; /* borrowed */
	/* The worker cannot go on: the exit status, and why, in one line. */
	void (*failed)(void *arg, int status, const char *why);
	void *arg;
};

/* Read only, for those beside it. */
struct queue_worker {
	struct worker_setup setup;
	char *keys[6]; /* q, out, meta, workers, about, put */
	char *name;    /* "HOST PID RANDOM" */
	char *shown;   /* "HOST:PID", in records */
	char *identity;
	struct worker_counts counts;
	bool has_failed;
	bool said_unread; /* that the records are not read */
	bool said_full;   /* that the server has no memory left */
};

struct queue_worker *worker_new(const struct worker_setup *);
/* NULL is fine. */
void worker_free(struct queue_worker *);

/* A call of a script of workers. */
struct worker_call {
	const struct queue_script *script;
	size_t keys;      /* how many of the worker's it has */
	int64_t lease_ms; /* WORKER_LEASE_MS; 0: the worker leaves */
	void (*done)(void *arg, enum queue_end, const struct queue_reply *);
	void *arg;
};
/* Begin the arguments with what all such scripts have in front: the keys, then
 * identity, worker, lease. */
void worker_begin_args(const struct queue_worker *, const struct worker_call *,
    struct queue_args *);
/* Make the call with these arguments, which are released. */
struct queue_call *worker_call(
    struct queue_worker *, const struct worker_call *, struct queue_args *args);
/* Was the call answered as it should be? Otherwise the worker has failed,
 * unless the server is out of memory (QUEUE_OOM), which is said once until
 * worker_has_memory. Learns the identity. */
bool worker_answered(
    struct queue_worker *, enum queue_end, const struct queue_reply *reply);
/* The server was seen to take something in. That it takes records tells
 * nothing, as it does so with no memory left, too. */
void worker_has_memory(struct queue_worker *);
/* Take over the four counts that begin at item `at` of a reply. */
void worker_take_counts(
    struct queue_worker *, const struct queue_reply *reply, size_t at);
/* How many inputs are done, as far as is known; `mine` are by this worker. */
int64_t worker_done(const struct queue_worker *, int64_t mine);
/* Has every input of the queue a record, and are there no more to come? */
bool worker_is_done(const struct queue_worker *);
/* The worker cannot go on. Only the first call counts. */
void worker_fail(struct queue_worker *, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* --- its signs of life ----------------------------------------------------
 *
 * The first one joins the worker to its queue, and each tells how far the queue
 * is. Where the queue is not there yet, that is waited for: whoever starts
 * workers need not wait until the first input is in.
 */
struct alive;
struct event_base;

/* All that is pointed to is borrowed. */
struct alive_setup {
	struct event_base *base;
	struct queue_worker *worker;
	unsigned parallel;  /* -P, for --queue-status */
	const char *rules;  /* the same for all workers of a queue */
	int64_t timeout_us; /* how long to wait until the queue is there */
	/* The queue has answered: worker->counts are new. */
	void (*signed_in)(void *arg);
	void *arg;
};

/* Signs for the first time. */
struct alive *alive_new(const struct alive_setup *);
/* NULL is fine. */
void alive_free(struct alive *);
/* Does the queue know the worker? */
bool alive_has_joined(const struct alive *);
/* The worker leaves: no more signs. */
void alive_stop(struct alive *);

#endif
