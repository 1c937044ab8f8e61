/* What the scheduler has to tell the user, in words, on stderr. */
#ifndef GATHER_RUN_NOTICES_H
#define GATHER_RUN_NOTICES_H

#include "schedule/sched.h"

/* The same options, with notices that go to stderr. */
struct sched_options notices_on(const struct sched_options *);
/* -P auto: where the origins settled, a line each for the first few. */
void notices_settled(const struct sched *);
/* The host of an origin as people write it: without scheme and without its
 * default port. Caller frees. */
char *notices_host(const char *origin);
/* How long it is from now until `us`, in words; caller frees. */
char *notices_time_until(int64_t us);

#endif
