/*
 * A run: requests from a feed, fetched, their results emitted in order. It
 * is the pump between the stages, and the only one who knows what comes
 * after what (HACKING.md has the picture).
 */
#ifndef GATHER_RUN_RUN_H
#define GATHER_RUN_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "follow/left_out.h"
#include "input/feed.h"
#include "run/options.h"
#include "stats/totals.h"

struct account;
struct event_base;
struct run;

/* Why a run ended before its time. */
enum run_stop {
	RUN_WENT_THROUGH, /* it did not: all was fetched */
	RUN_SIGNAL,       /* SIGINT, SIGTERM or SIGHUP */
	RUN_DEADLINE,     /* --deadline */
	RUN_FAILURES,     /* more than --max-failures */
	RUN_FIRST,        /* --first: enough successes */
	RUN_UNWRITABLE,   /* the output takes no more */
	RUN_QUEUE_LOST,   /* the queue that the inputs are from is gone */
};

/* How a run ended. */
struct run_outcome {
	enum run_stop stop;
	int signal;       /* for the caller to raise again; 0: none */
	int os_errno;     /* why the output could not be written; 0: it was */
	char *unwritable; /* the same in words; owned by the run */
	struct left_out left_out;
	bool left_behind; /* a thread is stuck: the process must use _exit */
	bool lowered;     /* -P was, since this machine ran out of resources */
	struct totals totals;
};

/* Who wants to know of every final result before it is encoded, those of
 * earlier runs excepted; on_result may be NULL. */
struct run_observer {
	void (*on_result)(void *arg, const struct request *, struct result *);
	void *arg;
	bool reads_bodies; /* on_result looks at the bodies, so they are kept */
};

/*
 * What a run is made of. Everything that is pointed to is borrowed and must
 * outlive the run.
 */
struct run_parts {
	const struct run_options *options;
	const struct output_files *files; /* not for bodies; NULL: none */
	const struct strlist *shape; /* of journal_setup; NULL: no journal */
	struct feed feed;
	struct event_base *base;
	struct sched *sched; /* shared by several runs; NULL: its own */
	int out_fd;          /* stdout, or where results go instead */
	struct run_observer observer;
	const char *label;       /* in front of its progress; NULL: none */
	struct account *account; /* each result is added; NULL: to none */
	bool quiet;              /* do not report failures on stderr */
};

/* Compile the expressions of the options and open all outputs. Returns NULL
 * with *cause set (caller frees) if one of them is wrong; nothing was fetched.
 */
struct run *run_new(const struct run_parts *, char **cause);
/* Free the run; its threads must have ended, or are left behind. NULL is fine.
 */
void run_free(struct run *);
/* Run the event loop until all is fetched and written, or something stops the
 * run. Once for each run; the outcome points into it. */
struct run_outcome run_loop(struct run *);
/* End the run in the next turn of the loop: nothing more starts, what is in
 * flight is cancelled, what is done is written. Only the first call counts. */
void run_stop(struct run *, enum run_stop why);

#endif
