/* What the options come to on this machine. */
#ifndef GATHER_RUN_PREPARE_H
#define GATHER_RUN_PREPARE_H

#include "cli/options.h"

/*
 * Before a run: P within the limit of descriptors, lanes for what may be in
 * flight, and rates a little slower than asked for, so that they hold as the
 * server sees them: a request that is delayed on its way, as the first on a
 * connection is, comes closer to the next ones. The margin is half a percent
 * of the period, 25 ms at most.
 */
void prepare_options(struct options *);

#endif
