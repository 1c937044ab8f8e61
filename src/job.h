/*
 * A job: a request on its walk through the stages, with what each stage
 * keeps of it. It lives from the moment its line was read until its result
 * is encoded; then only its slot in the order is left.
 */
#ifndef GATHER_JOB_H
#define GATHER_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/heap.h"
#include "base/list.h"
#include "fetch/engine.h"
#include "output/order.h"
#include "output/save.h"
#include "request/request.h"
#include "request/result.h"
#include "schedule/sched.h"

struct run;

struct job {
	struct list link; /* among all jobs of the run */
	struct run *run;
	struct sched_item item;
	struct heap_node limit; /* --retry-max-time, from its first start */
	struct slot *slot;
	struct request *request; /* the feed's */
	struct hop hop;
	struct attempt *attempt; /* while it flies */
	struct save *save;       /* while its body goes to a file */
	struct result result;    /* once it is final */

	int64_t read_us;    /* moments on the run's clock */
	int64_t first_us;   /* first admission; -1: none */
	int64_t attempt_us; /* admission of this attempt's first hop */
	int64_t flight_us;  /* in flight: hops of this attempt that are over */
	int64_t redirect_us;
	int num_connects;  /* of the hops of this attempt that are over */
	unsigned attempts; /* admitted so far */
	unsigned retries;  /* of them charged */
	unsigned requeues;
	bool bearer_renewed; /* a 401 made it read the token's file again */
	struct past_attempt *past;
	unsigned past_len;
};

/* `request` belongs to the feed. */
struct job *job_new(struct run *, struct request *, int64_t now);
/* Frees what is the job's; it must be nowhere in scheduler and engine. */
void job_free(struct job *);

/* What a transfer to one hop gave becomes part of the attempt: times and
 * counts of the hops before it are added to `r`. */
void job_add_hop(const struct job *, struct result *r);
/* The hop is over and another follows: keep its times and counts. */
void job_next_hop(struct job *, const struct result *r);
/* The attempt failed and another follows: remember it, start at the listed
 * URL again. */
void job_next_attempt(struct job *, struct result *r, int64_t run_start_us);
/* The attempt is final: the result moves into the job. */
void job_conclude(struct job *, struct result *r);
/* Set the time that the next hop may take: what is left of -m and, on the
 * clock of `now`, until its limit. */
void job_limit_time(const struct job *, struct attempt_spec *spec, int64_t now);

#endif
