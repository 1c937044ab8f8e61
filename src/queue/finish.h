/*
 * The end of what a worker holds: inputs that are done are finished at the
 * queue with their records, inputs that are not are given back. One call is
 * under way at a time, and what comes meanwhile goes with the next.
 */
#ifndef GATHER_QUEUE_FINISH_H
#define GATHER_QUEUE_FINISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/list.h"
#include "queue/worker.h"

struct event_base;
struct finisher;

/* An input that this worker holds, embedded in what keeps it. */
struct held_input {
	struct list link;
	uint64_t n;
	int64_t given;      /* its state (queue/scripts.h) as it came */
	int64_t state;      /* as it is now, with our own marks */
	bool failed;        /* a result of it is a failure */
	struct buf records; /* NDJSON */
};

struct finisher_hooks {
	/* The queue knows of the end of `input`, which is the caller's again.
	 */
	void (*ended)(void *arg, struct held_input *input);
	/* An answer has come: there may be room, or the end is near. */
	void (*news)(void *arg);
	void *arg;
};

/* Both are borrowed. */
struct finisher *finisher_new(
    struct event_base *, struct queue_worker *, const struct finisher_hooks *);
/* What is under way is forgotten, but not freed. NULL is fine. */
void finisher_free(struct finisher *);
/* The input is done. It is the finisher's until hooks.ended. */
void finisher_finish(struct finisher *, struct held_input *);
/* The input is to be fetched by others, as if this worker had never had it. */
void finisher_give_back(struct finisher *, struct held_input *);
/* The worker leaves once all is told: hooks.news is called then, and
 * finisher_has_left. */
void finisher_leave(struct finisher *);
bool finisher_has_left(const struct finisher *);
/* Is nothing under way? */
bool finisher_is_idle(const struct finisher *);
/* Bytes of records that are not yet at the queue. */
size_t finisher_pending(const struct finisher *);
/* How many were finished by this worker, and how many by others before. */
uint64_t finisher_finished(const struct finisher *);
uint64_t finisher_twice(const struct finisher *);
/* How many were given back, as the queue has confirmed. */
uint64_t finisher_returned(const struct finisher *);

#endif
