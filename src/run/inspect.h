/*
 * Looking into bodies: what the expressions of a run find in the body of an
 * answer, be it where the next page is (--paginate), what requests follow
 * (--each) or the values (-j, --xpath).
 *
 * Small JSON is looked into at once, on the loop. All else goes to threads
 * (workers.h), with a budget of 5 s of CPU time for each body.
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
#include "match/match.h"
#include "request/names.h"
#include "run/options.h"

struct event_base;
struct job;
struct inspector;

/* What a run compiles of its options: paths, templates, fields, -w. Mistakes in
 * them are found before anything is fetched; by --plan, too. */
struct compiled {
	struct extractor *extractor; /* -j, --xpath; NULL: there are none */
	struct encoder *encoder;
	struct pager *pager; /* --paginate; NULL: there is one page each */
	struct conditions *conditions; /* --expect, --until; NULL: none */
	struct fanout *fanout; /* --each, --then; NULL: there are none */
};

/* `names` are those of the inputs. -1 with *cause set (caller frees); it is to
 * be released even so. */
int compiled_open(struct compiled *, const struct run_options *,
    const struct names *names, char **cause);
void compiled_release(struct compiled *);

/* What to look for in a body; bits of wanted.what. */
enum {
	WANT_PAGE = 1,
	WANT_EACH = 2,
	WANT_VALUES = 4
};

struct wanted {
	unsigned what;  /* 0: nothing */
	unsigned stage; /* of WANT_EACH */
};

/* What was found in one body. They belong to the inspector and are used again.
 */
struct findings {
	struct list link;     /* among spare ones */
	struct wanted wanted; /* what was looked for */
	struct matches page;
	struct matches each;
	struct columns *columns; /* NULL: no values are ever looked for */
};

/* All of it is borrowed and must outlive the inspector. */
struct inspector_setup {
	const struct compiled *compiled; /* may be filled in later */
	const struct run_options
	    *options; /* to compile the same for a thread */
	const struct names *names;
	struct event_base *base;
	/* inspector_next has something; called from the loop or from
	 * inspector_inspect. */
	void (*ready)(void *arg);
	void *arg;
};

struct inspector *inspector_new(const struct inspector_setup *);
/* Threads that are stuck in a body are left behind. NULL is fine. */
void inspector_free(struct inspector *);

/*
 * Look into the body of the final result of `job`, which may become a failure.
 * False: it is done, and job->found is what was found, or NULL if `wanted` is
 * empty. True: it takes a while; the job comes back from inspector_next.
 */
bool inspector_inspect(
    struct inspector *, struct job *job, struct wanted wanted);
/* The next job whose body was looked into by a thread; NULL: none. */
struct job *inspector_next(struct inspector *);
/* Do not wait for what is found in the body of `job`, which may lose it. True:
 * it was waited for, or about to come back from inspector_next. */
bool inspector_cancel(struct inspector *, struct job *job);
/* job->found is not needed any more; NULL is fine. */
void inspector_drop_findings(struct inspector *, struct job *job);

/* Bytes of bodies that are with the threads or wait for one. */
uint64_t inspector_pending(const struct inspector *);
/* How many threads are stuck in a body. */
unsigned inspector_stuck(const struct inspector *);

#endif
