/*
 * Marks at the queue of inputs that are about to be sent: that one is fetched
 * alone, as a suspect, or that it must not be sent twice. The request starts
 * once the queue has the mark, which is what tells others how far it got if
 * this worker dies. A mark that the server has no memory for is made again
 * until it has: a request that is held back loses nothing.
 */
#ifndef GATHER_QUEUE_MARKS_H
#define GATHER_QUEUE_MARKS_H

#include <stdint.h>

#include "queue/finish.h"
#include "queue/worker.h"
#include "request/resend.h"

struct event_base;
struct marks;
struct request;

struct marks_hooks {
	/* The input `n`, if this worker holds it; else NULL. */
	struct held_input *(*find)(void *arg, uint64_t n);
	void *arg;
};

/* The worker is borrowed. */
struct marks *marks_new(
    struct event_base *, struct queue_worker *, const struct marks_hooks *);
/* What waits is neither started nor given up. NULL is fine. */
void marks_free(struct marks *);
/* Have `wait` go when the input of the request is marked, or give up where this
 * worker does not hold it any more. Its link may be removed to cancel. */
void marks_begin(
    struct marks *, const struct request *, struct send_wait *wait);

#endif
