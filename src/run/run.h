/*
 * A run: requests from a feed, fetched, their results emitted in order. It
 * is the pump between the stages, and the only one who knows what comes
 * after what (HACKING.md has the picture).
 */
#ifndef GATHER_RUN_RUN_H
#define GATHER_RUN_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "input/source.h"
#include "run/options.h"
#include "stats/totals.h"

struct account;
struct event_base;
struct run;

/*
 * Where a run's requests come from: a source that reads lists, or the list
 * that a comparison has read before.
 */
struct feed {
	/* As source_next; the request is borrowed until `give_back`. */
	enum source_status (*next)(void *arg, struct request **out);
	void (*give_back)(void *arg, struct request *);
	/* Behind SOURCE_WAIT: what to watch, and what to do then. */
	int (*fd)(void *arg);
	void (*fill)(void *arg);
	/* The first request that was not read, for people; caller frees;
	 * NULL: all were. */
	char *(*position)(void *arg);
	int64_t total;      /* requests, -1 unknown */
	struct names names; /* what templates may name */
	void *arg;
};

/* A feed that reads from `source`, which is borrowed. */
struct feed feed_from_source(struct source *);

/* Why a run ended before its time. */
enum run_stop {
	RUN_WENT_THROUGH,
	RUN_SIGNAL,     /* `signal` says which */
	RUN_DEADLINE,   /* --deadline */
	RUN_FAILURES,   /* more than --max-failures */
	RUN_FIRST,      /* --first: enough successes */
	RUN_UNWRITABLE, /* the output takes no more */
};

struct run_outcome {
	enum run_stop stop;
	int signal;       /* to be re-raised; 0 none */
	int os_errno;     /* why the output could not be written; 0: it was */
	char *unwritable; /* the same in words; owned by the run */
	/* The first path of -j or --xpath that matched nothing in any answer;
	 * NULL: there is none. */
	const char *unmatched;
	uint64_t unmatched_answers; /* that it did not match in */
	const char *extract;        /* "-j" or "--xpath"; static */
	bool left_behind; /* a thread was, so the process must end at once */
	bool lowered;     /* -P was, as this machine ran out of something */
	struct totals totals;
};

/* Called for every final result, before it is encoded; may be NULL. */
struct run_observer {
	void (*see)(void *arg, const struct request *, struct result *);
	void *arg;
};

/*
 * What a run is made of. `options` and everything behind them must outlive
 * it; so must `sched`, which outlives several runs of a comparison, and is
 * NULL where the run makes its own.
 */
struct run_parts {
	const struct run_options *options;
	const struct output_files *files; /* no request's; NULL: none */
	const struct strlist *shape;      /* journal_setup; NULL: no journal */
	struct feed feed;
	struct event_base *base;
	struct sched *sched;
	int out_fd;
	struct run_observer observer;
	const char *label;       /* in front of its progress; NULL: none */
	struct account *account; /* of each result; borrowed; NULL: none */
	bool quiet;              /* do not tell of failures */
};

/*
 * Before a run, adapt the options to this machine: lower -P to the limit of
 * descriptors, set the number of lanes, and make the period of every rate up to
 * 0.5 % longer (25 ms at most), so that the rate holds as the server sees it: a
 * request that is delayed on its way, as the first one on a connection is,
 * comes closer to those behind it.
 */
void run_prepare_options(struct run_options *);

/* NULL with *cause set (caller frees): the options contradict each other or
 * the set-up; nothing was fetched. */
struct run *run_new(const struct run_parts *, char **cause);
void run_free(struct run *);
/* Until all is fetched and written, or something stops it. */
struct run_outcome run_loop(struct run *);
/* End it: nothing more starts, what is in flight is cancelled, what is done
 * is written. A second time has no effect. */
void run_stop(struct run *, enum run_stop why);

#endif
