/*
 * A job: a request on its walk through the stages, with what each stage keeps
 * of it. It lives from the moment its line was read until its result is
 * encoded; then only its slot in the order is left. A flight is one try at it.
 *
 * Nothing here decides anything: run/requests.c, transfer.c and finish.c do.
 */
#ifndef GATHER_RUN_JOB_H
#define GATHER_RUN_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/heap.h"
#include "base/list.h"
#include "base/spares.h"
#include "fetch/engine.h"
#include "fetch/resume.h"
#include "files/save.h"
#include "follow/child.h"
#include "follow/page.h"
#include "journal/journal_writer.h"
#include "match/match.h"
#include "order/order.h"
#include "request/request.h"
#include "request/result.h"
#include "schedule/sched.h"

struct early_look;
struct findings;
struct job;
struct inspection;
struct run;

/*
 * What a job still has to make of its answer: one request of each match of
 * --each, as there is room for them; such a job has no record of its own. Or
 * one page after the other of a range whose URLs are known, which follow on a
 * placeholder.
 */
struct branch {
	struct list link; /* among those of the run, the deepest first */
	struct job *job;  /* the parent, or the placeholder */
	struct matches matches;
	char *base;    /* of links, if the page sets one: a URL; or NULL */
	size_t at;     /* index of the next match to follow */
	bool leads_on; /* a match has become a request, or come before */
	struct page_range range; /* `before` is NULL where there is none */
};

/*
 * One try at a job, with its redirect hops. A job has one flight, or two while
 * it is hedged; each is queued, admitted and fetched on its own.
 *
 * Sums of "hops before" are over the hops of this attempt that have ended.
 */
struct flight {
	struct job *job;
	struct sched_item item; /* the scheduler's hold on it */
	struct hop hop;         /* where the next or present transfer goes */
	bool anew;              /* the next start begins another attempt */
	bool behind;  /* a request before this hop must never be sent again */
	bool resumes; /* another attempt begins at this hop, not at the URL */
	struct transfer *transfer; /* with the fleet; NULL: there is none */
	struct save *save;         /* a body on its way to a file, or NULL */
	struct resume resume;      /* -C: what is there of its file */
	bool settled;              /* it is decided whether this body goes on */
	bool part_refused;         /* what is there is of no use */
	uint64_t printed; /* bytes of the body that stdout has got already */
	struct buf heads; /* header blocks of hops before, if kept */
	unsigned attempt_number;     /* from 1; 0: it has never started */
	int64_t queued_us;           /* when this hop could have started */
	struct exchange_waits waits; /* what this hop waited for so far */
	int64_t admitted_us;         /* when its first hop was admitted */
	int64_t flight_us;           /* time in flight of hops before */
	int64_t redirect_us;         /* the same, as curl counts it */
	int num_connects;            /* of hops before, as are the next two */
	uint64_t size_header;
	uint64_t size_request;
};

/* Times are moments on the run's clock (clock_now_us) in microseconds. */
struct job {
	struct list link; /* among all jobs of the run */
	struct run *run;
	struct spares *spares;   /* where its memory goes back to */
	struct slot *slot;       /* its place in the order */
	struct request *request; /* the feed's; its own if it `follows` */
	bool follows;            /* it follows on the answer of another job */
	bool alone;              /* a page whose next one is made anyway */
	unsigned stage;          /* of --each and --then; 0: it is an input */
	struct branch *branch;   /* NULL: nothing is made of its answer */
	struct family *family;   /* all that follows on one input; or NULL */
	struct flight main;
	struct flight *hedge;            /* the second copy; NULL: none */
	struct heap_node retry_deadline; /* --retry-max-time */
	struct heap_node hedge_timer;    /* --hedge: when its copy may start */
	struct save *save;        /* the winner's, until the body is saved */
	struct result result;     /* once it is final */
	struct early_look *early; /* what the thread of its last transfer
	                           * found; the inspector's; or NULL */
	struct inspection *inspection; /* a thread has its body; NULL: none */
	struct list inspect_link;      /* among those whose thread is done */
	struct findings *found;        /* in its body; the inspector's. NULL:
	                                * nothing was looked for */

	/* The journal's; all zero where the run has none. */
	struct journal_key key;
	bool has_key;     /* `key` is set */
	bool to_note;     /* its result, if a transfer gives one */
	bool recalled;    /* its result is the journal's, from another run */
	bool conditional; /* it is asked for only if it has changed */

	/* Of a request that must not be sent twice. */
	bool was_begun; /* it was noted that it is sent (run_note_start) */
	bool withdrawn; /* it is not this run's to send any more */
	struct send_wait begun; /* starts it once that is written */

	int64_t read_us;     /* when its line was read, or it was made */
	int64_t first_us;    /* its first admission; -1: none so far */
	unsigned attempts;   /* admitted so far, hedges included */
	unsigned retries;    /* attempts that --retry is charged for */
	unsigned polls;      /* attempts that --until asked for */
	unsigned requeues;   /* attempts that it is not charged for */
	bool bearer_renewed; /* a 401 made it read the token's file again */
	struct past_attempt *past; /* failed attempts, the oldest first */
	unsigned past_len;
	struct exchanges exchanges; /* that are over, if they are kept */
};

/* Make `f` a flight of `job` that is not scheduled yet and begins at the URL of
 * the job's request. */
void flight_init(struct flight *f, struct job *job);
/* Forget the hops of `f`: its next attempt starts at the listed URL. Its save
 * is aborted. */
void flight_reset(struct flight *f);
/* Prepare `f` for another attempt: from the listed URL, as flight_reset, or
 * from the present hop where what led to it must not be sent again. */
void flight_try_again(struct flight *f);
/* How far the request of the job may have been processed, as it was listed:
 * answered, if it must not be sent again and has led to another hop. `last` is
 * what is known of the last transfer. */
enum wire_state flight_wire(const struct flight *f, enum wire_state last);
/* The origin that the next hop of `f` goes to. Borrowed. */
const char *flight_origin(const struct flight *f);
/* Add to `r`, the result of one hop, the times and counts of the hops before
 * it, so that it becomes the result of the attempt. */
void flight_add_hop(const struct flight *f, struct result *r);
/* Another hop follows: keep the times and counts of `r`, which has been through
 * flight_add_hop. */
void flight_next_hop(struct flight *f, const struct result *r);
/* `f` was admitted: add what the scheduler says it has waited for. */
void flight_take_waits(struct flight *f);
/* `f` is queued at `now` and may not start before `at`: begin the account of
 * what it waits for. */
void flight_queue(
    struct flight *f, enum sched_rank rank, int64_t at, int64_t now);
/* Set in `spec` how long the next hop of `f` may take, and which option says
 * so: what is left of -m, or at `now` of --retry-max-time, whichever is less.
 */
void flight_limit_time(
    const struct flight *f, struct attempt_spec *spec, int64_t now);

/* The answer of `job` is final, and its matches become requests. Moves
 * `matches`, which may be empty. The caller sets job->branch. */
struct branch *branch_new(struct job *job, struct matches *matches);
/* A job for `request`, which stays the feed's unless the caller sets `follows`.
 * `now` is when it was read. Its memory comes from `spares`, of objects of this
 * size, and goes back there. */
struct job *job_new(
    struct run *, struct spares *spares, struct request *request, int64_t now);
/* Free `job` and all that it owns, but not its request. Neither scheduler nor
 * engine may have a flight of it. */
void job_free(struct job *job);

/* Was the request of `job` made again, for whatever reason? */
bool job_was_repeated(const struct job *job);
/* The attempt of `f` gave `r`, and another follows: add it to the job's past,
 * with its start relative to `run_us`. Moves the failure out of `r`; an answer
 * that is ok was asked for again (--retry-on), and gets one. */
void job_remember(
    struct job *job, const struct flight *f, struct result *r, int64_t run_us);
/* `r` is the final result of `job`: move it into the job, with the past
 * attempts. `f` is the flight that gave it, whose save and last exchange become
 * the job's, or NULL if no transfer did. */
void job_conclude(struct job *job, struct flight *f, struct result *r);

#endif
