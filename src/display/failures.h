/*
 * Failed requests on stderr: the first ten in full; the others are counted by
 * status or class, and shown at the end, in one line for each origin.
 */
#ifndef GATHER_DISPLAY_FAILURES_H
#define GATHER_DISPLAY_FAILURES_H

#include <stdint.h>

#include "request/request.h"
#include "request/result.h"

/* The reason of a failure without an attempt, which somebody has told of
 * already: it is only counted. */
#define FAILURE_NOT_TRIED "not tried"

struct failures;

struct failures *failures_new(void);
void failures_free(struct failures *);
/* Report a failed result; one that is ok is ignored, one that was cancelled
 * only counted. */
void failures_add(struct failures *, const struct request *, struct result *);
/* The counted ones, once, at the end of the run. */
void failures_finish(const struct failures *);
uint64_t failures_count(const struct failures *);

#endif
