/*
 * Failed requests on stderr: the first ten in full, as they come (three where
 * an origin cannot be reached), then the first of each other status or class
 * and origin. At the end each origin of which not all were shown has one line:
 * how many of each status or class there were. Secrets are left out, and a body
 * is made safe for a terminal.
 */
#ifndef GATHER_DISPLAY_FAILURES_H
#define GATHER_DISPLAY_FAILURES_H

#include <stdint.h>

#include "request/request.h"
#include "request/result.h"

/* The reason of a failure without an attempt that a notice has told of already
 * (run/notices.h): it is only counted. */
#define FAILURE_NOT_TRIED "not tried"

struct failures;

struct failures *failures_new(void);
/* NULL is fine. */
void failures_free(struct failures *);
/* Report the result of a request, or count it. One that is ok is ignored, one
 * that was cancelled only counted. The body may be read into memory for that.
 */
void failures_add(struct failures *, const struct request *, struct result *);
/* Report a request that is not sent because it is invalid, such as a bad line.
 */
void failures_add_invalid(struct failures *, const struct request *);
/* Show the counts. Once, at the end of the run. */
void failures_finish(const struct failures *);
uint64_t failures_count(const struct failures *);

#endif
