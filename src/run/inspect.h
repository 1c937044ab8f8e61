/*
 * The inspector finds in the body of an answer what the expressions of a run
 * look for: where the next page is (--paginate), what requests follow (--each),
 * or the values (-j, --xpath).
 *
 * Small JSON is inspected at once, on the loop. All else goes to threads
 * (workers.h), with a budget of 5 s of CPU time for each body.
 *
 * Where the fleet has threads, JSON up to 1 MiB is inspected by the one that
 * has fetched it, before anybody knows whether the result will be final: an
 * early look, which is dropped if it is not.
 */
#ifndef GATHER_RUN_INSPECT_H
#define GATHER_RUN_INSPECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "follow/fanout.h"
#include "follow/page.h"
#include "format/extract.h"
#include "format/format.h"
#include "match/condition.h"
#include "match/gap.h"
#include "match/match.h"
#include "request/names.h"
#include "run/options.h"

struct event_base;
struct job;
struct inspector;

/* The options of a run that are compiled: paths, templates, fields, -w.
 * Mistakes in them are found before anything is fetched; by --plan, too. */
struct compiled {
	struct extractor *extractor;   /* -j, --xpath; NULL: there are none */
	struct encoder *encoder;       /* of the records on stdout */
	struct pager *pager;           /* --paginate; NULL: not given */
	struct conditions *conditions; /* --expect, --until; NULL: none */
	struct fanout *fanout;         /* --each, --then; NULL: not given */
	const struct encoder *sizes;   /* the run's own, which knows the columns
	                                * of --rows: tells what records take */
	struct readings *readings;     /* of the body that it is applied to */
	bool repeats; /* rows of items repeat what their page has (--sqlite) */
};

/* Compile what the options hold; templates may use `names`, which are those of
 * the inputs. Returns 0; or -1 with *cause set (caller frees). *c must be
 * released either way. */
int compiled_open(struct compiled *c, const struct run_options *,
    const struct names *names, char **cause);
void compiled_release(struct compiled *c);

/* Things to look for in a body: bits of wanted.what. */
enum {
	WANT_PAGE = 1,  /* the next page */
	WANT_EACH = 2,  /* matches that become requests */
	WANT_VALUES = 4 /* values for the record */
};

struct wanted {
	unsigned what;  /* 0: nothing */
	unsigned stage; /* of WANT_EACH */
};

/* All that was found in one body. Findings belong to the inspector, which uses
 * their memory again. */
struct findings {
	struct list link;        /* among those that are spare */
	struct wanted wanted;    /* what was looked for */
	struct matches page;     /* of WANT_PAGE */
	struct gap page_gap;     /* likewise */
	struct found_links each; /* of WANT_EACH */
	struct columns *columns; /* of WANT_VALUES; NULL: there are none in
	                          * this run */
};

/* All that is pointed to is borrowed and must outlive the inspector. */
struct inspector_setup {
	const struct compiled *compiled; /* may be filled in later */
	const struct run_options
	    *options; /* to compile the same for a thread */
	const struct names *names;
	struct event_base *base;
	/* Called when inspector_next has something, from the loop or from
	 * inside inspector_inspect. */
	void (*ready)(void *arg);
	void *arg;
};

struct inspector *inspector_new(const struct inspector_setup *);
/* Threads that are stuck in a body are left behind. NULL is fine. */
void inspector_free(struct inspector *);

/*
 * Look for what is `wanted` in the body of the final result of `job`, which may
 * become a failure. Returns false if that is done: job->found is what was
 * found, or NULL if nothing is wanted. Returns true if it takes a while: the
 * job comes back from inspector_next, and its result has no body until then.
 */
bool inspector_inspect(
    struct inspector *, struct job *job, struct wanted wanted);
/* Plan an early look at the body of `job`, which is about to be fetched: what
 * is `wanted` of a success, and whether it meets the conditions. NULL: no
 * thread of the fleet is to do that. */
struct early_look *inspector_plan(
    struct inspector *, struct wanted wanted, bool has_conditions);
/* Hooks of the fleet (fleet/fleet.h); `arg` is the inspector. */
void *inspector_tools_new(void *arg);
void inspector_tools_free(void *tools);
void inspector_look_early(
    void *tools, void *early, const struct request *, struct result *);
/* The last transfer of `job` has brought back `early`, which replaces what the
 * one before had; NULL: nothing. */
void inspector_keep_early(
    struct inspector *, struct job *job, struct early_look *early);
void inspector_drop_early(struct inspector *, struct early_look *early);
/* Fail `r`, which the last transfer of `job` gave, unless its body meets
 * --expect and --until. */
void inspector_check_conditions(
    struct inspector *, struct job *job, struct result *r);

/* Count what was found in the body of `job`, whose result is final, for
 * notices_unmatched. */
void inspector_note_gaps(struct inspector *, const struct job *job);
/* The next job whose body a thread has inspected; NULL: none. */
struct job *inspector_next(struct inspector *);
/* Stop waiting for what is found in the body of `job`, which may lose the body.
 * Returns true if it was waited for, or about to come back from
 * inspector_next. */
bool inspector_cancel(struct inspector *, struct job *job);
/* Give job->found and job->early back, which are not needed any more and may be
 * NULL. */
void inspector_drop_findings(struct inspector *, struct job *job);

/* Bytes of bodies that are with the threads or wait for one. */
uint64_t inspector_pending(const struct inspector *);
/* How many threads are over their budget, and still in a body. */
unsigned inspector_stuck(const struct inspector *);

#endif
