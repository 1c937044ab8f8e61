/*
 * Workers: threads for work that would hold up the loop. They are few (3), and
 * made when there is work for them. Of works on more than 1 MiB one at a time
 * is performed, since a parsed document takes many times its size in memory.
 *
 * A work has a budget of CPU time. Nobody can stop a thread in the middle of a
 * library, so a work that exceeds its budget is left to its thread, which may
 * be done with it some day, and another thread takes its place. When 8 threads
 * are stuck like that, no more are made.
 */
#ifndef GATHER_RUN_WORKERS_H
#define GATHER_RUN_WORKERS_H

#include <stdint.h>

#include "base/list.h"

struct event_base;
struct workers;

enum work_state {
	WORK_QUEUED,  /* for the next thread that is free */
	WORK_RUNNING, /* on a thread */
	WORK_DONE,    /* on its way back to the loop */
	WORK_LEFT     /* on a thread, and nobody waits for it any more */
};

/* Embedded in what is to be done. Only `bytes` is the caller's. */
struct work {
	struct list link; /* the workers' */
	enum work_state state;
	uint64_t bytes; /* of memory that it holds */
};

struct workers_setup {
	/* Make what a thread works with, on the loop's thread; free it, on the
	 * thread itself or on the loop's. */
	void *(*tools_new)(void *arg);
	void (*tools_free)(void *tools);
	/* Do the work, on a thread. */
	void (*perform)(struct work *, void *tools);
	/* Called on the loop's thread, from inside the loop; they must not
	 * call the workers. `done`: the work is performed, and the caller's
	 * again. `late`: it took too long, and is not the caller's any more,
	 * as its thread goes on with it. */
	void (*done)(void *arg, struct work *);
	void (*late)(void *arg, struct work *);
	/* Free the work, on any thread: nobody waits for it, and no thread has
	 * it. */
	void (*drop)(struct work *);
	void *arg;
	int64_t budget_us; /* of CPU time */
};

/* The setup is copied; threads that are left behind still use its functions.
 * `base` is borrowed. */
struct workers *workers_new(
    struct event_base *base, const struct workers_setup *);
/* Drop what is queued or done. Threads that still have a work are left behind,
 * and free what they use. NULL is fine. */
void workers_free(struct workers *);

/* Hand `work` to a thread. Returns 0; or -1 if there is no thread, and none can
 * be made: the work stays the caller's. */
int workers_submit(struct workers *, struct work *work);
/* Nobody waits for `work`, which was submitted and is not done, any more: it is
 * dropped, now or by its thread. */
void workers_cancel(struct workers *, struct work *work);
/* Bytes of all works that are queued or performed. */
uint64_t workers_pending(const struct workers *);
/* How many threads have a work that was left to them. Locks. */
unsigned workers_stuck(struct workers *);

#endif
