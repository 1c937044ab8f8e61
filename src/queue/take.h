/*
 * Taking: the feed of a run whose inputs come from a queue, and the ledger that
 * tells the queue what becomes of each (input/feed.h).
 *
 * Only what can soon be started is taken. What was with a worker that died is a
 * suspect: it is marked, and fetched alone, when nothing else is under way
 * here. Requests that must not be sent twice are marked before they are sent.
 */
#ifndef GATHER_QUEUE_TAKE_H
#define GATHER_QUEUE_TAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "input/feed.h"
#include "input/queued.h"
#include "queue/worker.h"

struct event_base;
struct take;

/* All that is pointed to is borrowed. */
struct take_setup {
	struct event_base *base;
	struct queue_client *client;
	const struct queue_address *address;
	struct queued *queued;
	unsigned parallel;  /* -P: so many can start at once */
	bool keeps_records; /* they go to the queue, else they stay here */
	bool redo_unsafe;   /* --redo-unsafe: send what may have been sent */
	const char *rules;  /* the same for all workers of a queue; "" */
	int64_t timeout_us; /* how long to wait until the queue is there */
	/* The worker cannot go on, as of worker_setup. */
	void (*failed)(void *arg, int status, const char *why);
	/* So many workers are alive. */
	void (*workers)(void *arg, uint64_t alive);
	void *arg;
};

/* NULL with *cause set (caller frees) where the system lacks a descriptor. */
struct take *take_new(const struct take_setup *, char **cause);
/* NULL is fine. */
void take_free(struct take *);
/* The feed, with its ledger. */
struct feed take_feed(struct take *);
/* Have the run look whether there is something to do. */
void take_wake(struct take *);
/* The name of this worker in records. Borrowed. */
const char *take_worker(const struct take *);
/* Who it is, and what it knows of the queue. Borrowed. */
const struct queue_worker *take_knows(const struct take *);
/* Append how far the queue is: "queue: 12 waiting, 8 in work, 80 done, 2
 * workers"; nothing before that is known. */
void take_add_state(const struct take *, struct buf *out);
/* How many inputs this worker has finished. */
uint64_t take_finished(const struct take *);
/* How many inputs somebody else had finished before this worker did. */
uint64_t take_twice(const struct take *);
/* How many inputs were given back. */
uint64_t take_returned(const struct take *);
/* Did the queue not answer take_leave in time? */
bool take_left_late(const struct take *);
/* The run is over: give back what it has not finished, leave the queue, and
 * dispatch the loop until that is told, for `most_us` at most. */
void take_leave(struct take *, int64_t most_us);

#endif
