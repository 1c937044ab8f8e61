/*
 * A job: a request on its walk through the stages, with what each stage
 * keeps of it. It lives from the moment its line was read until its result
 * is encoded; then only its slot in the order is left.
 */
#ifndef GATHER_RUN_JOB_H
#define GATHER_RUN_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/heap.h"
#include "base/list.h"
#include "fetch/engine.h"
#include "files/save.h"
#include "follow/child.h"
#include "follow/page.h"
#include "journal/journal_writer.h"
#include "match/match.h"
#include "order/order.h"
#include "request/request.h"
#include "request/result.h"
#include "schedule/sched.h"

struct findings;
struct job;
struct inspection;
struct run;

/* What is left of a job whose answer --each has looked into: it makes one
 * request of each match, as there is room, and has no record of its own. Or
 * what stands for pages that are known, and makes them likewise. */
struct branch {
	struct list link; /* among those of the run, the deepest first */
	struct job *job;
	struct matches matches;
	size_t at;               /* the next one */
	struct page_range range; /* of pages, then there are no matches */
};

/* One try at a job, with its redirect hops: of a hedged job two fly. */
struct flight {
	struct job *job;
	struct sched_item item;
	struct hop hop;
	bool anew;    /* the next start is that of another attempt */
	bool behind;  /* a request before the hop must never be sent again */
	bool resumes; /* another attempt begins at the hop */
	struct attempt *attempt;     /* while a hop is with the engine */
	struct save *save;           /* a body on its way to a file */
	struct buf heads;            /* of hops that are over, if kept */
	unsigned attempt_number;     /* among the job's, from 1 */
	int64_t queued_us;           /* its hop: when it could have started */
	struct exchange_waits waits; /* of its hop, as far as known */
	int64_t admitted_us;         /* its first hop, on the run's clock */
	int64_t flight_us;           /* in flight: hops that are over */
	int64_t redirect_us;
	/* Of the hops that are over. */
	int num_connects;
	uint64_t size_header;
	uint64_t size_request;
};

struct job {
	struct list link; /* among all jobs of the run */
	struct run *run;
	struct slot *slot;
	struct request *request; /* the feed's; its own, if it follows */
	bool follows;            /* on the answer of another job */
	bool alone;              /* a page whose next one is made anyway */
	unsigned stage;          /* of --each and --then: 0 is an input */
	struct branch *branch;   /* it has been answered; NULL: not so far */
	struct family *family;   /* of those that follow on one input; NULL */
	struct flight main;
	struct flight *hedge; /* the second copy; NULL: none */
	struct heap_node
	    retry_deadline; /* --retry-max-time, from its first start */
	struct heap_node hedge_timer;  /* --hedge, from its start */
	struct save *save;             /* the winner's, while it is finished */
	struct result result;          /* once it is final */
	struct inspection *inspection; /* a thread looks into its body; NULL */
	struct list inspect_link;      /* ... is done with that */
	struct findings *found;        /* in the body; the run's. NULL: nothing
	                                * was looked for */

	/* The journal's, unless there is none. */
	struct journal_key key;
	bool has_key;     /* it is set */
	bool to_note;     /* the result, if it is one of this run */
	bool recalled;    /* the result is the journal's, none of this run */
	bool conditional; /* it is asked for only if it has changed */
	bool was_begun;   /* the journal says that it was sent ... */
	struct journal_wait begun; /* ... or is about to, and it waits */

	int64_t read_us;   /* moments on the run's clock */
	int64_t first_us;  /* first admission; -1: none */
	unsigned attempts; /* admitted so far */
	unsigned retries;  /* of them charged */
	unsigned requeues;
	bool bearer_renewed; /* a 401 made it read the token's file again */
	struct past_attempt *past;
	unsigned past_len;
	struct exchanges exchanges; /* that are over, if they are wanted */
};

/* For the job of `job`, nowhere yet. */
void flight_init(struct flight *, struct job *job);
/* Forget where it was: the next try starts at the listed URL. */
void flight_reset(struct flight *);
/* The next try starts there, too, or at the hop where it is if what led to it
 * must not be sent again. */
void flight_try_again(struct flight *);
/* What has happened to its request as it was listed, `last` to what was sent
 * last. */
enum wire_state flight_wire(const struct flight *, enum wire_state last);
/* Where it goes. Borrowed. */
const char *flight_origin(const struct flight *);
/* What a transfer to one hop gave becomes part of the try: times and counts
 * of the hops before it are added to `r`. */
void flight_add_hop(const struct flight *, struct result *r);
/* The hop is over and another follows: keep its times and counts. */
void flight_next_hop(struct flight *, const struct result *r);
/* It was admitted: what the scheduler says it was queued for. */
void flight_take_waits(struct flight *);
/* It waits until `at` at least, and then for its turn. */
void flight_queue(
    struct flight *, enum sched_rank rank, int64_t at, int64_t now);
/* Set the time that its next hop may take: what is left of -m and, on the
 * clock of `now`, until the job's limit. */
void flight_limit_time(
    const struct flight *, struct attempt_spec *spec, int64_t now);

/* It looks for no further answer: it branches. Takes the matches. */
struct branch *branch_new(struct job *, struct matches *matches);
/* `request` belongs to the feed. */
struct job *job_new(struct run *, struct request *, int64_t now);
/* Frees what is the job's; it must be nowhere in scheduler and engine. */
void job_free(struct job *);

/* The try failed and another follows: remember it. */
void job_remember(
    struct job *, const struct flight *, struct result *r, int64_t run_us);
/* The result of `flight`, or with NULL one of no flight, is final: it moves
 * into the job, and with it the file that its body goes to. The flight's
 * exchange, if they are kept, is the last. */
void job_conclude(struct job *, struct flight *flight, struct result *r);

#endif
