/*
 * Why a run took as long as it did: its wall clock, and that of its longest
 * requests, split into phases whose sum is exact. Pure.
 *
 * A run's time is that of its critical path: walking back from the transfer
 * that ended last to the one that freed its slot, or whose retry it was, and so
 * on to the start. Waiting for a slot is no reason: what filled the slot is.
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
	CRITICAL_PATH_MAX = 50000, /* exchanges; longer runs have no path */
	PATH_OTHER = PHASE_COUNT,  /* reading the list, writing the results */
	PATH_PARTS
};

/* Microseconds spent in each phase, and in PATH_OTHER outside of all phases. */
struct path_times {
	int64_t us[PATH_PARTS];
};

/* "backoff", "other": what a part is called, and what it means. Static. */
const char *critical_path_part_name(size_t part);
const char *critical_path_part_meaning(size_t part);

struct critical_path;

struct critical_path *critical_path_new(void);
void critical_path_free(struct critical_path *);
/* Add a finished request with its exchanges; both are copied as far as they are
 * needed. */
void critical_path_add(
    struct critical_path *, const struct request *, const struct result *);
/* Split the time from the run's start to `wall_us`; the sum of *times is
 * wall_us. Returns the number of exchanges on the path, 0 if there is no path.
 */
size_t critical_path_times(
    struct critical_path *, int64_t wall_us, struct path_times *);
/* Append the times, the path and the longest requests as lines for people;
 * nothing if there were no requests. */
void critical_path_add_text(
    struct critical_path *, int64_t wall_us, struct buf *out);

#endif
