/*
 * What the scheduler has to tell the user, in words, on stderr: holds, limits
 * that run low, servers that are down. A notice names the host, what happened,
 * and what is done about it.
 */
#ifndef GATHER_RUN_NOTICES_H
#define GATHER_RUN_NOTICES_H

#include "run/inspect.h"
#include "schedule/sched.h"

/* A copy of the options whose notices go to stderr. It borrows what they
 * borrow. */
struct sched_options notices_on(const struct sched_options *);
/* -P auto: say at how many transfers each origin has settled, a line each for
 * the first five. */
void notices_settled(const struct sched *);
/* Name the paths of --paginate, --each, -j and --xpath that matched nothing in
 * any response, with the members that were there: a line each for the first
 * five. */
void notices_unmatched(const struct compiled *);
/* The host of an origin as people write it: without scheme, and without the
 * default port of that scheme. Caller frees. */
char *notices_host(const char *origin);
/* How long it is from now until the moment `us` (clock_now_us), in words: "2 h
 * 5 min". Caller frees. */
char *notices_time_until(int64_t us);

#endif
