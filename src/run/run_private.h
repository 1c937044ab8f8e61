/*
 * What the files of a run share: run.c (the pump and the arrows between the
 * stages), run_land.c (from result to verdict), run_look.c (what is in the
 * body), run_settle.c (from verdict to order), run_follow.c, run_range.c and
 * run_branch.c (what follows on an answer), run_hedge.c (second copies),
 * run_exchange.c (what went over the wire), run_journal.c (what earlier runs
 * did), run_events.c (what wakes it), run_progress.c (how far it is),
 * run_end.c (how it stops), run_life.c (how it is made and taken apart).
 */
#ifndef GATHER_RUN_RUN_PRIVATE_H
#define GATHER_RUN_RUN_PRIVATE_H

#include <event2/event.h>
#include <event2/event_struct.h>

#include "cli/files.h"
#include "display/failures.h"
#include "files/claims.h"
#include "follow/child.h"
#include "format/extract.h"
#include "format/format.h"
#include "order/order.h"
#include "run/compiled.h"
#include "run/findings.h"
#include "run/job.h"
#include "run/run.h"
#include "run/workers.h"
#include "sink/sink.h"
#include "stats/percentiles.h"
#include "writer/writer.h"

enum {
	RUN_SIGNALS = 3 /* that end a run */
};

struct run_progress;

struct run {
	struct run_parts parts;
	const struct options *options;

	/* The stages. */
	struct sched *sched;
	struct engine *engine;
	struct compiled compiled;
	struct workers *workers; /* they look into bodies */
	struct list looked;      /* jobs whose body was looked into */
	struct list spare_findings;
	struct columns *no_columns; /* of what was not fetched; NULL: nothing
	                             * is extracted */
	struct encoded encoded;     /* scratch */
	struct claims claims;       /* names of files */
	struct output_files files;  /* ... whose names do not vary */
	struct header_dump *header_dump;
	struct list branching; /* branches that have more to make */
	struct sinks *sinks;   /* NULL: there are none */
	struct order *order;
	struct writer *writer;
	struct journal *journal; /* NULL: there is none */
	struct journal_writer *journal_writer;
	struct buf key; /* scratch, the journal's */
	struct failures *failures;

	struct heap patience; /* --hedge: of those that fly */
	struct budget hedges;
	struct latencies latencies;
	struct list jobs;   /* all that are not settled */
	struct heap limits; /* --retry-max-time of those that have started */
	bool framed;        /* the output's columns are known */
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
	bool abandoned;    /* the output is stuck, or a second signal came */
	uint64_t progress; /* of the writer, at the last look */
	int64_t signal_us; /* when the first signal came */

	uint64_t read;     /* requests that came from the feed */
	uint64_t retrying; /* jobs that failed once and are not settled */
	struct run_progress *meter;

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
void run_pump(struct run *);

/* `job` stands in the order: queue it, unless it is final already. */
void run_take_in(struct run *run, struct job *job, enum sched_rank rank);
/* The same for one that must not be fetched: it fails. */
void run_refuse(
    struct run *, struct job *, enum error_class class, const char *message);

/* May a request be made, ahead of those that wait? */
bool run_has_room(const struct run *, int64_t now);
/* Tell the scheduler what is first in the order. */
void run_look_at_head(struct run *);

/* The flight has its place and all else that it needs: off. */
void run_start(struct run *, struct flight *, int64_t now);
/* What the engine calls. */
struct engine_hooks run_hooks(struct run *);
/* (b) Again, in the same slot, no earlier than `at`. */
void run_again(struct run *, struct flight *, enum sched_rank rank, int64_t at);

/* run_land.c: from result to verdict */
/* A transfer is over; its flight goes on (a hop), again, or is final. */
void run_land(struct run *, struct flight *, struct result *r);
/* The job ends without a flight. */
void run_fail(
    struct run *, struct job *, enum error_class class, const char *message);
/* This machine ran out of something while `f` was under way. */
void run_lower_parallel(struct run *, struct flight *f, int os_errno);
/* What the scheduler has given up; what waited too long. True: there was
 * one. */
bool run_doom_one(struct run *);
bool run_expire_one(struct run *, int64_t now);

/* run_hedge.c: a second copy of what is slow */
/* It starts: begin to lose patience with it. */
void run_hedge_wait(struct run *, struct job *, int64_t now);
/* What is usual. */
void run_hedge_learn(struct run *, const struct result *);
/* Start the copy of a job whose time is over. True: there was one. */
bool run_hedge_one(struct run *, int64_t now);
/* Has the other copy of the flight's request begun, and not ended? */
bool run_hedge_has_other(struct flight *);
/* A copy failed: does the other one go on? If so the failed one is forgotten;
 * a failed hedge always is, and must not be used any more. */
bool run_hedge_goes_on(struct run *, struct flight *failed);

/* run_exchange.c: what went over the wire, for the outputs that want it */
/* A transfer of `f` is over, its hop still the one that it went to. */
void run_keep_exchange(struct run *, struct flight *f, const struct result *);
/* The one that was just kept is not the last: nor is its body lost. */
void run_keep_body(struct run *, struct job *, struct result *);
/* It was cut short by us. */
void run_keep_cancelled(struct run *, struct flight *f);

/* run_follow.c: from a result to further requests */
/* Can one input become several requests? */
bool run_follows(const struct run *);
/* Must bodies be kept for it? */
bool run_follow_reads_body(const struct run *, const struct job *);
/* Does the body, which is there, tell of the next page? */
bool run_follow_reads_page(const struct run *, const struct job *);
/* (c) The result of `job` is final: send its next page, to be emitted behind
 * it. May turn the result into a failure. */
void run_follow(struct run *, struct job *);
/* Something follows on the input of `job`: it is the first of its family. */
void run_found_family(struct job *);
/* `request` follows on the answer that `job` got; nowhere yet. */
struct job *run_new_child(
    struct run *, struct job *job, struct request *request);
/* The job, as what follows on it sees it. Borrowed. */
struct child_parent run_parent(const struct run *, const struct job *);

/* The child takes the place behind `job`. */
void run_place_behind(struct run *, struct job *job, struct job *child);
/* Fetch a page that stands in the order, unless something speaks against it. */
void run_send_page(struct run *, struct job *page);

/* run_range.c: pages that are known at once */
/* All of `range`, which is taken, follow on the answer that `job` got. */
void run_range(struct run *, struct job *job, struct range *range);
/* Make one of them; with the last one the job is gone. */
void run_range_one(struct run *, struct job *);

/* run_branch.c: one request of each match */
/* Does it only lead to others? Then its record holds no values. */
bool run_is_parent(const struct run *, const struct job *);
/* A parent has a record: give it its number among those of its input. */
void run_number_parent(struct run *, struct job *);
/* (c) The same for its matches: true, it branches, and has no record. May turn
 * the result into a failure. */
bool run_branch(struct run *, struct job *);
/* Among those that have more to make, the deepest first: they free the memory
 * of those above. Pages that are known come last. */
void run_enlist(struct run *, struct branch *);
/* Make one child, if there is room. True: there was one to make. */
bool run_branch_one(struct run *, enum sched_scope scope, int64_t now);
/* The run ends: what is left of it is cancelled. */
void run_cut_branch(struct run *, struct job *);

/* run_look.c: what the expressions find in a body */
void run_look_open(struct run *);
void run_look_close(struct run *);
/* Look into the body of a final result. True: that takes a while, and
 * run_looked_one goes on with the job. */
bool run_look(struct run *, struct job *);
/* True: there was one. */
bool run_looked_one(struct run *);
/* Do not wait for what is found. True: somebody did. */
bool run_look_away(struct run *, struct job *);
/* What was found is not needed any more. */
void run_forget_findings(struct run *, struct job *);

/* run_settle.c: verdict -> encode -> order */
/* What is in the body is known. */
void run_go_on(struct run *, struct job *);
/* The result of `job` is final: to its file, if it has one, then on. */
void run_finish_job(struct run *, struct job *);
/* The same for one whose body went where it should. */
void run_settle(struct run *, struct job *);
/* All its matches are on their way: it leaves without a record. */
void run_settle_branch(struct run *, struct job *);
/* A file for the body of `job`. */
struct save *run_save_new(struct run *, struct job *);
/* Begin the file of a body that is about to come, with -i by its heads. */
void run_save_begin(struct run *, struct flight *);

/* Is the body looked into, or put into a record? */
bool run_reads_bodies(const struct run *, const struct job *);

/* run_journal.c: what earlier runs have done; --journal */
int run_journal_open(struct run *, char **cause);
/* No thread writes any more. */
void run_journal_free(struct run *);
/* Is `job` done, or must not be done again? Then it is finished. */
bool run_journal_recall(struct run *, struct job *);
/* Must `f` wait until the journal has that it starts? run_start comes then. */
bool run_journal_holds(struct run *, struct flight *f);
/* The server says that nothing has changed: take what is known. */
void run_journal_renew(struct run *, struct job *);
/* The result is as it goes out: note it. */
void run_journal_note(struct run *, struct job *);
/* Is nothing to be put out for it? */
bool run_journal_mutes(const struct run *, const struct job *);
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

/* run_events.c */
void run_events_open(struct run *);
void run_events_close(struct run *);
/* Call run_pump from the loop, soon; never from where we are. */
void run_wake(struct run *);
/* Call it no later than `at` (-1: no need). */
void run_wake_at(struct run *, int64_t at, int64_t now);
/* The sinks have gathered something: flush them in a while. */
void run_flush_later(struct run *);
/* The feed has nothing now: wake up when it has. */
void run_wait_for_input(struct run *);

/* run_progress.c: how far it is, on stderr */
void run_progress_open(struct run *);
/* Wiped; freed by run_progress_free, once no thread writes any more. */
void run_progress_close(struct run *);
void run_progress_free(struct run *);

/* run_life.c */
/* Free it with its request; it must be nowhere any more. */
void run_drop_job(struct run *, struct job *);

/* run_end.c */
/* Out of whatever stage it is in; if it is in none, nothing happens. */
void run_pull_out(struct run *, struct flight *);
/* Why what is not done never will be; static. */
const char *run_why_cancelled(const struct run *);
/* Carry out stop_wanted: cancel all that is not final. */
void run_cancel_all(struct run *);
/* Everything is settled: write the end, and leave the loop after it. */
void run_finish(struct run *);

#endif
