/*
 * What a run has to know of the command line, and nothing else of it: the
 * options of its stages, and its own.
 */
#ifndef GATHER_RUN_OPTIONS_H
#define GATHER_RUN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fetch/options.h"
#include "follow/options.h"
#include "format/options.h"
#include "journal/options.h"
#include "match/condition.h"
#include "request/options.h"
#include "request/status_set.h"
#include "schedule/retry.h"
#include "schedule/sched.h"

/* What ends a run before all of its input is fetched. */
struct stop_options {
	int64_t deadline_us; /* --deadline; 0: none */
	uint64_t first;      /* --first: stop after so many successes; 0: off */
	/* --max-failures: how many requests may fail. A share counts from the
	 * 100th result on. Without either, failures stop nothing. */
	bool limits_failures;
	uint64_t max_failures;    /* used unless there is a share */
	double max_failure_share; /* 0.05 is 5 %; negative: not said */
};

/* --hedge: when a second copy of a slow request is sent. Without a time and a
 * percentile none is. */
struct hedge_options {
	int64_t after_us;  /* since the start of the first copy; 0: not given */
	double percentile; /* of earlier latencies, 0 to 100; 0: not given */
	struct budget_limit budget; /* --hedge-budget */
};

/* How a run shows how far it is. */
struct progress_options {
	bool meter;       /* the line on a terminal */
	int64_t every_us; /* --progress: time between messages; 0: none */
	unsigned color;   /* enum color_when: --color */
};

/* Of --threads. */
enum {
	THREADS_AUTO = 0,
	THREADS_MAX = 256
};

/* All that a run is told. */
struct run_options {
	struct request_options request;
	struct sched_options sched;
	struct retry_policy retry;
	struct fetch_options fetch;
	struct follow_options follow;
	struct output_options output;
	struct stop_options stop;
	struct hedge_options hedge;
	struct progress_options progress;
	struct journal_options journal;
	struct expect_options expect;
	struct status_set accept; /* --accept: more statuses that are ok */
	unsigned threads;         /* --threads; THREADS_AUTO: by the cores */
	bool unique;              /* --unique: send each request once */
	bool keep_exchanges;   /* an output wants all that went over the wire */
	bool parallel_lowered; /* -P was, and it was said */
};

/*
 * Before a run, adapt the options to this machine: lower -P to the limit of
 * descriptors, set the number of lanes and threads, and make the period of
 * every rate up to 0.5 % longer (25 ms at most), so that the rate holds as the
 * server sees it: a request that is delayed on its way, as the first one on a
 * connection is, comes closer to those behind it.
 */
void run_options_prepare(struct run_options *);

/* A file that a run writes to, and the option that names it. */
struct output_file {
	const char *option; /* static */
	char *path;
};

/* The files that a run writes to, beside those whose names depend on what is
 * fetched: each must be its own. */
struct output_files {
	struct output_file *items;
	size_t len;
};

#endif
