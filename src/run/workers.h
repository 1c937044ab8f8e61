/*
 * Workers: threads for what would hold up the loop. They are few, and made when
 * there is work for them. Of works that are heavy one at a time is performed,
 * for the sake of memory.
 *
 * A work has a budget of CPU time. Nobody can stop a thread in the middle of a
 * library, so a work that exceeds its budget is left to its thread, which may
 * be done with it some day, and another thread takes its place.
 */
#ifndef GATHER_RUN_WORKERS_H
#define GATHER_RUN_WORKERS_H

#include <stdint.h>

#include "base/list.h"

struct event_base;
struct workers;

enum work_state {
	WORK_QUEUED,
	WORK_RUNNING, /* on a thread */
	WORK_DONE,
	WORK_LEFT /* on a thread, and nobody waits for it any more */
};

/* Embedded in whatever is to be done. */
struct work {
	struct list link; /* the workers' */
	enum work_state state;
	uint64_t bytes; /* that it is about */
};

struct workers_setup {
	/* What a thread works with, made on the loop's thread. */
	void *(*tools_new)(void *arg);
	void (*tools_free)(void *tools);
	/* On a thread. */
	void (*perform)(struct work *, void *tools);
	/* On the loop's thread, from inside the loop; they must not call the
	 * workers. It is performed, and the caller's again; or it took too
	 * long, and is not the caller's any more. */
	void (*done)(void *arg, struct work *);
	void (*late)(void *arg, struct work *);
	/* On any thread: nobody waits for it, and no thread has it. */
	void (*drop)(struct work *);
	void *arg;
	int64_t budget_us; /* of CPU time */
};

/* The setup is borrowed; threads that are left behind use its functions. */
struct workers *workers_new(struct event_base *, const struct workers_setup *);
/* Drops what is queued or done. Threads that still have a work are left
 * behind, and free what they use. */
void workers_free(struct workers *);

/* -1: there is no thread for it. */
int workers_submit(struct workers *, struct work *);
/* Nobody waits for it any more: it is dropped, now or by its thread. */
void workers_forget(struct workers *, struct work *);
/* Bytes of all works that are queued or performed. */
uint64_t workers_pending(const struct workers *);
/* How many threads have a work that was left to them. */
unsigned workers_stuck(struct workers *);

#endif
