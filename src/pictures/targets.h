/* The origins that a run went to, each with what became of its requests. Their
 * number is bounded; the requests of further origins are counted together.
 * Pure.
 */
#ifndef GATHER_PICTURES_TARGETS_H
#define GATHER_PICTURES_TARGETS_H

#include <stddef.h>
#include <stdint.h>

#include "request/request.h"
#include "request/result.h"

enum {
	TARGETS_MAX =
	    1000 /* origins; the requests of later ones are `others` */
};

struct target_count {
	char *origin;      /* "https://host", with a port that is not usual */
	uint64_t requests; /* that ended, whatever became of them */
	uint64_t failed;   /* of these */
	uint64_t answered; /* of these: they have a latency */
	int64_t took_us;   /* sum over those that were answered */
	int64_t slowest_us;
	uint64_t bytes; /* of bodies, on the wire */
};

struct targets;

struct targets *targets_new(void);
void targets_free(struct targets *);
/* Count a finished request. One without a valid URL has no target. */
void targets_add(
    struct targets *, const struct request *, const struct result *);
/* Returns *len origins, those with the most requests first; borrowed until the
 * next targets_add. */
const struct target_count *const *targets_sorted(struct targets *, size_t *len);
/* Returns the number of requests to origins that are not among these. */
uint64_t targets_others(const struct targets *);

#endif
