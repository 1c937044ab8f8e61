/*
 * What the files of a run share. Each is one part of the walk that a job takes:
 *
 *     run.c           life, pump and end of a run; a start
 *     requests.c      where jobs come from: the feed and earlier answers
 *     transfer_end.c  from the end of a transfer to another one or a verdict
 *     finish.c        from the final result to its emission
 *     recall.c        what the journal knows of a job
 *     events.c        what wakes the pump: timers, signals, descriptors
 *     progress.c      how far the run is, on stderr
 */
#ifndef GATHER_RUN_RUN_PRIVATE_H
#define GATHER_RUN_RUN_PRIVATE_H

#include <event2/event.h>
#include <event2/event_struct.h>

#include "display/failures.h"
#include "files/claims.h"
#include "files/header_dump.h"
#include "follow/child.h"
#include "format/extract.h"
#include "format/format.h"
#include "order/order.h"
#include "run/compiled.h"
#include "run/job.h"
#include "run/look.h"
#include "run/run.h"
#include "sink/sink.h"
#include "stats/percentiles.h"
#include "writer/writer.h"

enum {
	RUN_SIGNALS = 3 /* that end a run */
};

struct run_progress;

struct run {
	struct run_parts parts;
	const struct run_options *options;

	/* The stages. */
	struct sched *sched;
	struct engine *engine;
	struct compiled compiled;
	struct looker *looker;         /* finds what is in bodies */
	struct columns *empty_columns; /* of what was not fetched; NULL:
	                                * nothing is extracted */
	struct encoded encoded;        /* scratch */
	struct claims claims;          /* names of files */
	struct header_dump *header_dump;
	struct list branches; /* that have more requests to make */
	struct sinks *sinks;  /* NULL: there are none */
	struct order *order;
	struct writer *writer;
	struct journal *journal; /* NULL: there is none */
	struct journal_writer *journal_writer;
	struct buf key; /* scratch, the journal's */
	struct failures *failures;

	struct heap hedge_timers; /* --hedge: of flights without a copy */
	struct budget hedges;
	struct latencies latencies;
	struct list jobs;            /* all that are not settled */
	struct heap retry_deadlines; /* --retry-max-time, of jobs that have
	                              * started */
	bool framed;                 /* the output's columns are known */
	bool input_ended;
	bool input_waits; /* its event is armed */
	bool input_busy;  /* it has more to look at, and no request so far */
	bool pumping;     /* run_pump is at work ... */
	bool woken;       /* ... and was asked for again */
	bool lowered;     /* ... and that P was lowered */
	bool held_up;     /* the user was told that the order is full */
	uint64_t random;  /* state of the generator, for jitter */

	struct run_outcome outcome;
	enum run_stop stop_wanted;
	bool stopped;  /* everything was cancelled */
	bool finished; /* the fence is on its way */
	struct writer_task fence;
	bool abandoned; /* the output is stuck, or a second signal came */
	uint64_t writer_progress_seen; /* at the last look */
	int64_t signal_us;             /* when the first signal came */

	uint64_t read;     /* requests that came from the feed */
	uint64_t retrying; /* jobs that failed once and are not settled */
	struct run_progress *progress;

	int64_t start_us;
	int64_t last_start_us; /* of any request */
	int64_t start_wall_us;
	int64_t armed_us; /* where the wake timer stands; -1 off */

	struct event pump;
	struct event wake;
	struct event input;
	struct event writer_ready;
	struct event reader_gone;
	struct event deadline;
	struct event flush;
	struct event stuck;
	struct event signals[RUN_SIGNALS];
};

/* run.c */
/* Do what can be done now, within bounds; then see to it that the loop calls
 * again. Never from inside another call. */
void run_pump(struct run *);
/* Tell the scheduler what is first in the order: it may start ahead of all. */
void run_update_head(struct run *);
/* Why what is not done never will be; static. */
const char *run_why_cancelled(const struct run *);

/* requests.c */
/* Read or derive one request, if there is room. True: there was one. */
bool run_make_request(struct run *, enum sched_scope scope, int64_t now);
/* When there is room for more, should nothing start until then; -1: never. */
int64_t run_next_read_us(const struct run *, int64_t now);
/* (c) The result of `job` is final, and its body was looked into: make its next
 * page or its children. May turn the result into a failure. True: it becomes
 * requests, and run_emit comes when all of them are made. */
bool run_follow(struct run *, struct job *);
/* The run ends: cancel what `job`, which has a branch, has left to make. */
void run_cancel_branch(struct run *, struct job *);
/* What to look for in the body of the final result of `job`. */
struct wish run_wish(const struct run *, const struct job *);
/* Is the body of `job` looked into or put into a record? If not it may go
 * straight to its file. */
bool run_reads_bodies(const struct run *, const struct job *);

/* transfer_end.c */
/* Take the next transfer that is over from the engine: its flight goes on (a
 * hop), goes again, or is final. True: there was one. */
bool run_reap_one(struct run *);
/* Fail what the scheduler has rejected or what waited beyond --retry-max-time;
 * start a hedge whose time has come. True: there was one of them. */
bool run_handle_overdue(struct run *, int64_t now);
/* End `job` as a failure that no transfer gave. */
void run_fail(
    struct run *, struct job *, enum error_class class, const char *message);
/* `job` starts: arm the timer after which a second copy may go out. */
void run_hedge_arm(struct run *, struct job *, int64_t now);
/* Take `f` out of the scheduler and cancel its transfer, if it has one. */
void run_withdraw(struct run *, struct flight *f);
/* This machine ran out of descriptors, ports or memory while `f` was under way:
 * run fewer transfers at a time. */
void run_lower_parallel(struct run *, struct flight *f, int os_errno);

/* finish.c */
/* The result of `job` is final: look into its body, follow it, save it, emit
 * it. The job may be gone when this returns. */
void run_finish_job(struct run *, struct job *);
/* The same from where the body was looked into. */
void run_finish_looked(struct run *, struct job *);
/* Encode the result of `job` into its slot of the order; the job is gone. */
void run_emit(struct run *, struct job *);
/* Free `job` with its request; neither scheduler nor engine may have it. */
void run_drop_job(struct run *, struct job *);
/* Open the file for a body that begins to arrive for `f`; with -i it begins
 * with the header blocks. */
void run_save_begin(struct run *, struct flight *f);

/* recall.c: what earlier runs have done; --journal */
int run_journal_open(struct run *, char **cause);
/* No thread writes any more. */
void run_journal_free(struct run *);
/* Is `job` done, or must not be done again? Then it is finished. */
bool run_journal_recall(struct run *, struct job *);
/* The server says that nothing has changed: take what is known. */
void run_journal_renew(struct run *, struct job *);
/* The result is as it goes out: note it. */
void run_journal_note(struct run *, struct job *);
/* Which one it is, as text; NULL: there is none. */
const char *run_journal_id(const struct run *);
/* The number of what follows on `job`, among all that follow on its input: of
 * its match, or of itself (NULL). A journal gives it again in the next run,
 * whichever answer comes first. */
uint64_t run_journal_number(
    struct run *, struct job *job, const struct json_span *match);
/* By what `job` is known from run to run, and in which journal, as text that
 * stays until the next one; NULL: there is none. */
const char *run_journal_key(struct run *, struct job *);
/* Once per turn of the loop; at the end. */
void run_journal_flush(struct run *);
void run_journal_finish(struct run *);

/* events.c */
void run_events_open(struct run *);
void run_events_close(struct run *);
/* Call run_pump from the loop soon, never from where the caller is. */
void run_wake(struct run *);
/* Call run_pump no later than `at`; -1: nothing needs it. */
void run_wake_at(struct run *, int64_t at, int64_t now);
/* The sinks have gathered something: flush them in a while. */
void run_flush_later(struct run *);
/* The feed has nothing right now: read on when its descriptor is readable. */
void run_wait_for_input(struct run *);

/* progress.c: how far the run is, on stderr */
void run_progress_open(struct run *);
/* Wipe the status line and stop drawing it. */
void run_progress_close(struct run *);
/* Free it, once no thread writes any more. */
void run_progress_free(struct run *);

#endif
