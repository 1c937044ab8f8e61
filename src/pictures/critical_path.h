/*
 * Why a run took as long as it did: its wall clock, and that of its slowest
 * requests, taken apart into phases whose sum is exact. Pure.
 *
 * A run's time is that of its critical path: from its end back to what ended
 * last; from the start of that back to what gave its place up for it, or to
 * what it was a retry of; and so on to the beginning. Waiting for a place is
 * no reason: what filled the place is.
 */
#ifndef GATHER_PICTURES_CRITICAL_PATH_H
#define GATHER_PICTURES_CRITICAL_PATH_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "request/request.h"
#include "request/result.h"
#include "stats/phase.h"

enum {
	CRITICAL_PATH_MAX = 50000, /* of longer runs only requests are told */
	PATH_OTHER = PHASE_COUNT,  /* reading the list, writing the results */
	PATH_PARTS
};

/* Time by phase, and what is none. */
struct path_times {
	int64_t us[PATH_PARTS];
};

struct critical_path;

struct critical_path *critical_path_new(void);
void critical_path_free(struct critical_path *);
/* What became of a request, with its exchanges; nothing of it is kept. */
void critical_path_add(
    struct critical_path *, const struct request *, const struct result *);
/* Where the time from the run's start to `wall_us` went; the sum is wall_us.
 * Returns the number of exchanges on the path, 0 if it is unknown. */
size_t critical_path_times(
    struct critical_path *, int64_t wall_us, struct path_times *);
/* The account, for people; every line with its newline. */
void critical_path_add_text(
    struct critical_path *, int64_t wall_us, struct buf *out);

#endif
