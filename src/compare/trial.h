/* One arm of a comparison, fetched once, with everything of its own. */
#ifndef GATHER_COMPARE_TRIAL_H
#define GATHER_COMPARE_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/options.h"
#include "compare/answers.h"
#include "compare/arms.h"
#include "compare/figures.h"
#include "compare/replay.h"
#include "run/run.h"

/* What the trials of a comparison share. */
struct trial_parts {
	const struct options *options;
	struct event_base *base;
	struct replay *list;
	struct sched *sched; /* tokens and holds bind all arms together */
	struct answers *answers;
	bool quiet; /* failures were told of before */
};

struct trial {
	struct run_figures figures;
	enum run_stop stop;
	int signal;   /* that ended it; 0: none */
	int os_errno; /* why stdout is gone; 0: it is not */
	bool held;    /* a server asked to wait */
};

/* -1 with *cause (caller frees): it could not be set up. `deadline_us` is
 * what is left of --deadline; 0: there is none. */
int trial_run(const struct trial_parts *, const struct arm *,
    int64_t deadline_us, struct trial *out, char **cause);

#endif
