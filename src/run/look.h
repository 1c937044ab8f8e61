/*
 * Looking into bodies: what the expressions of a run find in the body of an
 * answer, be it where the next page is (--paginate), what requests follow
 * (--each) or the values (-j, --xpath).
 *
 * Small JSON is looked into at once, on the loop. All else goes to threads
 * (workers.h), with a budget of 5 s of CPU time for each body.
 */
#ifndef GATHER_RUN_LOOK_H
#define GATHER_RUN_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "match/match.h"
#include "run/compiled.h"

struct event_base;
struct job;
struct looker;

/* What to look for in a body; bits of wish.look. */
enum {
	LOOK_PAGE = 1,
	LOOK_EACH = 2,
	LOOK_VALUES = 4
};

struct wish {
	unsigned look;  /* 0: nothing */
	unsigned stage; /* of LOOK_EACH */
};

/* What was found in one body. They belong to the looker and are used again. */
struct findings {
	struct list link; /* among spare ones */
	struct wish wish; /* what was looked for */
	struct matches page;
	struct matches each;
	struct columns *columns; /* NULL: no values are ever looked for */
};

/* All of it is borrowed and must outlive the looker. */
struct looker_setup {
	const struct compiled *compiled; /* may be filled in later */
	const struct run_options
	    *options; /* to compile the same for a thread */
	const struct names *names;
	struct event_base *base;
	/* looker_next has something; called from the loop or from
	 * looker_look. */
	void (*ready)(void *arg);
	void *arg;
};

struct looker *looker_new(const struct looker_setup *);
/* Threads that are stuck in a body are left behind. NULL is fine. */
void looker_free(struct looker *);

/*
 * Look into the body of the final result of `job`, which may become a failure.
 * False: it is done, and job->found is what was found, or NULL if `wish` is
 * empty. True: it takes a while; the job comes back from looker_next.
 */
bool looker_look(struct looker *, struct job *job, struct wish wish);
/* The next job whose body was looked into by a thread; NULL: none. */
struct job *looker_next(struct looker *);
/* Do not wait for what is found in the body of `job`, which may lose it. True:
 * it was waited for, or about to come back from looker_next. */
bool looker_cancel(struct looker *, struct job *job);
/* job->found is not needed any more; NULL is fine. */
void looker_drop_findings(struct looker *, struct job *job);

/* Bytes of bodies that are with the threads or wait for one. */
uint64_t looker_pending(const struct looker *);
/* How many threads are stuck in a body. */
unsigned looker_stuck(const struct looker *);

#endif
