/*
 * Why a run took as long as it did: its wall clock, and that of its slowest
 * requests, taken apart into phases whose sum is exact. Pure.
 *
 * A run's time is that of its critical path: from its end back to what ended
 * last; from the start of that back to what gave its place up for it, or to
 * what it was a retry of; and so on to the beginning. Waiting for a place is
 * no reason: what filled the place is.
 */
#ifndef GATHER_PICTURES_WHY_H
#define GATHER_PICTURES_WHY_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "request/request.h"
#include "request/result.h"
#include "stats/phase.h"

enum {
	WHY_EXCHANGES = 50000,   /* of longer runs only requests are told */
	WHY_OTHER = PHASE_COUNT, /* reading the list, writing the results */
	WHY_PARTS
};

/* Time by phase, and what is none. */
struct why_parts {
	int64_t us[WHY_PARTS];
};

struct why;

struct why *why_new(void);
void why_free(struct why *);
/* What became of a request, with its exchanges; nothing of it is kept. */
void why_add(struct why *, const struct request *, const struct result *);
/* Where the time from the run's start to `wall_us` went; the sum is wall_us.
 * Returns the number of exchanges on the path, 0 if it is unknown. */
size_t why_parts(struct why *, int64_t wall_us, struct why_parts *);
/* The account, for people; every line with its newline. */
void why_add_text(struct why *, int64_t wall_us, struct buf *out);

#endif
