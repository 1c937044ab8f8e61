/*
 * The run as its files see it, and the little that they ask of each other. Each
 * file is one part of the walk of a job:
 *
 *     run.c        life, events, pump and end of a run
 *     requests.c   where jobs come from: the feed and earlier answers
 *     transfer.c   the start of a transfer, and from its end to another or a
 *                  verdict
 *     finish.c     from the final result to its emission; what the journal
 *                  knows of it
 *     ledger.c     what others must know of a job: before it is sent, and when
 *                  its input is done
 *     parts.c      what is left of a file by an earlier run or attempt
 *     bodies.c     what is wanted of a body, and the file that it goes to
 *     progress.c   how far the run is, on stderr
 *
 * The other files know a job, or less, but no run: job.c, inspect.c (bodies),
 * workers.c (threads), notices.c (messages of the scheduler).
 */
#ifndef GATHER_RUN_RUN_PRIVATE_H
#define GATHER_RUN_RUN_PRIVATE_H

#include <event2/event.h>
#include <event2/event_struct.h>

#include "display/failures.h"
#include "files/claims.h"
#include "files/header_dump.h"
#include "fleet/fleet.h"
#include "follow/child.h"
#include "format/extract.h"
#include "format/format.h"
#include "order/order.h"
#include "process/exit.h"
#include "run/inspect.h"
#include "run/job.h"
#include "run/run.h"
#include "run/unique.h"
#include "sink/sink.h"
#include "stats/percentiles.h"
#include "writer/writer.h"

struct run_ledger;
struct run_progress;

/* -C: how many files were gone on with and so on, for the notices. */
struct part_counts {
	uint64_t resumed, anew, whole;
	uint64_t bytes;  /* that were there of those resumed */
	uint64_t kept;   /* what was cancelled, and can be gone on with */
	char *kept_file; /* the first of these; owned; NULL: none */
};

/* All moments are on the clock of clock_now_us, in microseconds. */
struct run {
	struct run_parts parts;
	const struct run_options *options; /* parts.options */

	/* The stages. */
	struct sched *sched; /* the caller's, if parts.sched is set */
	struct fleet *fleet;
	struct compiled compiled;
	struct inspector *inspector;     /* finds what is in bodies */
	struct columns *empty_columns;   /* of a record without values; NULL:
	                                  * nothing is extracted */
	struct encoded encoded;          /* scratch: one record */
	struct unique *unique;           /* --unique; NULL: not asked for */
	struct claims claims;            /* the names of files that are taken */
	struct header_dump *header_dump; /* -D; NULL: not asked for */
	struct sinks *sinks;             /* NULL: there are none */
	struct order *order;
	struct writer *writer;
	struct journal *journal; /* NULL: there is none, nor a writer */
	struct journal_writer *journal_writer;
	struct buf key;            /* scratch: text of a job's key */
	struct run_ledger *ledger; /* NULL: the feed has none */
	struct failures *failures;

	/* The jobs. */
	struct list jobs; /* all that have not been emitted */
	struct spares spare_jobs;
	struct list branches;        /* of jobs that have requests to make */
	struct heap retry_deadlines; /* of jobs that have started */
	struct heap hedge_timers;    /* of jobs without a second copy */
	struct budget hedges;        /* how many copies there may be */
	struct latencies latencies;  /* for --hedge pNN */

	bool framed;      /* the output's columns are known */
	bool input_ended; /* the feed has no more */
	bool input_waits; /* the feed waits for its descriptor */
	bool input_busy;  /* the feed reads on, without a request so far */
	bool sinks_dirty; /* the sinks were given something in this turn */
	bool pumping;     /* the pump is at work */
	bool woken;       /* the pump was asked for again meanwhile */
	bool lowered;     /* the user was told that -P was lowered */
	bool cannot_keep; /* the user was told that -C cannot keep anything */
	bool held_up;     /* the user was told that the order is full */
	uint64_t random;  /* state of the generator of jitter */

	struct run_outcome outcome;
	/* The end. */
	enum run_stop stop_wanted; /* carried out by the next turn */
	const char *cancel_reason; /* static; set with stop_wanted */
	bool stopped;              /* stop_wanted has been carried out */
	bool finished;             /* all is emitted; the fence is on its way */
	struct writer_task fence;  /* behind all that is to be written */
	bool abandoned; /* the output is stuck, or a second signal came */
	uint64_t writer_progress_seen; /* when it was last compared */
	int64_t signal_us;             /* when the first signal came */

	uint64_t read;     /* requests that were read or derived */
	uint64_t repeated; /* requests of the feed that came before */
	uint64_t retrying; /* jobs that failed once and have not ended */
	struct part_counts part_counts; /* of -C */
	struct run_progress *progress;

	int64_t start_us; /* when run_loop began */
	struct {
		int64_t at_us; /* when a transfer was last started */
		uint64_t read; /* until then */
	} last_start;
	int64_t start_wall_us; /* start_us since the epoch */
	int64_t armed_us;      /* when `wake` fires; -1: it is off */

	struct event pump;         /* active: the pump runs in this turn */
	struct event wake;         /* the pump runs at armed_us */
	struct event input;        /* the feed's descriptor */
	struct event writer_ready; /* the writer has done something */
	struct event reader_gone;  /* of a pipe at stdout */
	struct event deadline;     /* --deadline */
	struct event flush;        /* of the sinks */
	struct event stuck;        /* after a signal: does the output move? */
	struct event signals[EXIT_SIGNALS];
};

/* --- run.c */
/* Call the pump from the loop soon, never from where the caller is. */
void run_wake(struct run *);
/* Tell the scheduler what is first in the order: it may start ahead of all. */
void run_update_head(struct run *);

/* --- requests.c */
/* Read one request from the feed, or derive one from an answer, if there is
 * room. Returns true if there was one. */
bool run_make_request(struct run *, enum sched_scope scope, int64_t now);
/* When there is room for another request although nothing has started until
 * then: a moment on the clock of `now`; -1: never. */
int64_t run_next_read_us(const struct run *, int64_t now);
/* Is all that is left in flight, each request on its own connection, of so many
 * that those without one are better closed now than all at the end? */
bool run_is_running_out(const struct run *);
/* (c) The result of `job` is final, and its body was inspected: make its next
 * page or its children. May turn the result into a failure. Returns true if
 * `job` branches: run_emit is called when all its children are made. */
bool run_follow(struct run *, struct job *job);
/* The run ends: cancel what `job`, which has a branch, has left to make. */
void run_cancel_branch(struct run *, struct job *job);

/* --- bodies.c */
/* Does the answer of `job` only lead to other requests? Then its record holds
 * no values. */
bool run_is_parent(const struct run *, const struct job *job);
/* What to look for in the body of the final result of `job`. */
struct wanted run_wanted(const struct run *, const struct job *job);
/* The same of a result that is to come, should it be a success. */
struct wanted run_wanted_of_success(const struct run *, const struct job *job);
/* Is the body of `job` inspected or put into a record? If not it may go
 * straight to its file. */
bool run_reads_bodies(const struct run *, const struct job *job);
/* Is `job` a page that may have a next one, which only its answer tells? */
bool run_may_have_next_page(const struct run *, const struct job *job);
/* Do --expect and --until apply to the answer of `job`? */
bool run_has_conditions(const struct run *, const struct job *job);
/* Set in `spec` what becomes of the body of `job`, and how large it may be. */
void run_set_body_way(
    const struct run *, const struct job *job, struct attempt_spec *spec);
/* Is `body`, that of `job`, to be printed on a terminal, which could only show
 * it as escapes, as it is binary? Not where another output keeps it. */
bool run_shuns_body(
    const struct run *, const struct job *job, const struct body *body);
/* The hooks on_body and on_turn of the engine, for this run. */
bool run_take_body(
    void *run, void *flight, const struct arrival *, struct buf *chunk);
bool run_take_turn(
    void *run, void *flight, const struct arrival *, struct body *body);
/* The writer has written something: go on with bodies that waited for it. */
void run_resume_bodies(struct run *);
/* Find out before anything is fetched that -o is one name for several files: -1
 * with *cause (caller frees). A device or a FIFO may be shared; a list of
 * unknown length may have one line. */
int run_check_names(const struct run *, char **cause);
/* Reserve the file that the body of `job` goes to, which no other request of
 * the run may have. Returns true if the job is finished already: its file is
 * taken, or the journal or the disk has its result. The journal is asked once
 * for each request, in the order of the input (journal_ask). */
bool run_claim_file(struct run *, struct job *job);
/* Is the body of `job`, whose result is final, to be written to a file? A
 * failure leaves none, except an error answer with --fail-with-body. */
bool run_is_to_be_saved(const struct run *, const struct job *job);
/* Write the body of `job` to its file; then the job is emitted. */
void run_save_body(struct run *, struct job *job);

/* Does the body of `job` go to its file as it comes? */
bool run_streams_to_file(const struct run *, const struct job *job);

/* --- parts.c */
/* The next transfer of `f` starts: ask for what is missing of its file, if -C
 * says so and there is something to go on with. False: the file cannot be
 * written, so that the job of `f` has failed and is gone. */
bool run_resume(struct run *, struct flight *f, struct attempt_spec *spec);
/* Does the request of `f` itself ask for a part of the body? */
bool run_asked_for_part(const struct flight *f);
/* The first bytes of a body for the file of `f` are to be written: unless they
 * go on with what is there, begin anew. */
void run_settle_part(struct flight *f, const struct arrival *);
/* A transfer of `f` gave `r`: keep what came of its file before it broke off,
 * or find that the file is whole. */
void run_take_part(struct run *, struct flight *f, struct result *r);
/* Add to the failure of `r`, which is final, what is kept. */
void run_note_part(struct flight *f, struct result *r);
/* `job` is to be cancelled: count what is kept of its file. */
void run_count_kept(struct run *, const struct job *job);
/* The run is over: say what is kept, and how many files were gone on with
 * without a word. */
void run_sum_up_parts(struct run *);

/* --- transfer.c */
/* Set the hooks that tell of transfers; their `arg` is the run. */
void run_hook_transfers(struct run *, struct fleet_hooks *);
/* Start the transfer of the next flight that the scheduler admits. Returns true
 * if there was one. */
bool run_start_one(struct run *, int64_t now);
/* Take the next transfer that is over from the engine: its flight goes on (a
 * hop), goes again, or is final. Returns true if there was one. */
bool run_reap_one(struct run *);
/* Fail what the scheduler has rejected or what waited beyond --retry-max-time;
 * start a hedge whose time has come. Returns true if there was one of them. */
bool run_handle_overdue(struct run *, int64_t now);
/* End `job` as a failure that no transfer gave. */
void run_fail(
    struct run *, struct job *job, enum error_class class, const char *message);
/* Take `f` out of the scheduler and cancel its transfer, if it has one. */
void run_withdraw(struct run *, struct flight *f);
/* This machine ran out of descriptors, ports or memory while `f` was under way:
 * run fewer transfers at a time. */
void run_lower_parallel(struct run *, struct flight *f, int os_errno);

/* --- ledger.c */
/* Where the feed has a ledger (input/feed.h), keep what is needed to tell it
 * what becomes of each input. */
void run_ledger_open(struct run *);
void run_ledger_free(struct run *);
/* `job` is there, and its input is open; `job` goes, with which that may end.
 */
void run_ledger_join(struct run *, const struct job *job);
void run_ledger_leave(struct run *, const struct job *job);
/* May something start, as far as the ledger is concerned? */
bool run_ledger_has_room(const struct run *);
/* All that is done was handed to the writer: the ledger is told of it when that
 * is written. */
void run_ledger_fence(struct run *);
/* Is `job`, whose result is final, given back with its input, as the run was
 * stopped before, or its body found no room on the disk? Then it has no record.
 * May add to its failure why it is not. */
bool run_gives_back(struct run *, struct job *job);
/* The result of `job` is counted and encoded. Where the ledger keeps records,
 * `e` is empty afterwards. */
void run_ledger_take(struct run *, const struct job *job, struct encoded *e);
/* Is it to be noted, before a request that must not be sent twice is sent, that
 * it is? */
bool run_notes_starts(const struct run *);
/* Note that the request of `job` is sent; job->begun goes on once that is
 * written. */
void run_note_start(struct run *, struct job *job);

/* --- finish.c */
/* May another run or another machine send the request of `job` again, given how
 * far it got in this one? */
bool run_may_rerun(const struct job *job);
/* Does the journal have the result of `job`, or forbid to fetch it? Then the
 * job is finished, and may be gone: returns true. */
bool run_journal_recall(struct run *, struct job *job);
/* Note the result of `job`, which is as it goes out, in the journal. */
void run_journal_note(struct run *, struct job *job);
/* The number of a request that follows on `job`, among all that follow on its
 * input: the request made of `match`, or with NULL `job` itself. A journal
 * gives it again in the next run, whichever answer comes first. */
uint64_t run_journal_number(
    struct run *, struct job *job, const struct json_span *match);
/* The result of `job` is final: inspect its body, follow it, save it, emit it.
 * The job may be gone when this returns. */
void run_finish_job(struct run *, struct job *job);
/* Go on with `job` from where its body was inspected; as above. */
void run_finish_inspected(struct run *, struct job *job);
/* Encode the result of `job` into its slot of the order; the job is gone, or
 * will be when a thread has encoded a large one. */
void run_emit(struct run *, struct job *job);
/* Leave the slot of `job` empty: nothing follows in its place. The job is gone.
 */
void run_emit_nothing(struct run *, struct job *job);
/* Free `job` with its request; neither scheduler nor fleet may have it. */
void run_drop_job(struct run *, struct job *job);
/* The hook unread of the fleet: free a request that is dropped, which somebody
 * has read until now. */
void run_take_unread(void *run, struct request *);

/* --- progress.c */
/* Show how far the run is on stderr, as the options and the terminal ask. */
void run_progress_open(struct run *);
/* Wipe the status line and stop drawing it. */
void run_progress_close(struct run *);
/* Free it, once no thread writes any more. NULL is fine. */
void run_progress_free(struct run *);

#endif
