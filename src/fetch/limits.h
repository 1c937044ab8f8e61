/*
 * What an answer's headers say about the limits of its server. Pure. What is
 * malformed is ignored.
 */
#ifndef GATHER_FETCH_LIMITS_H
#define GATHER_FETCH_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#include "request/quota.h"

/* No wait is longer than this: 2^31 s, as RFC 9111 bounds them. */
#define LIMITS_MAX_US (INT64_C(2147483648) * 1000000)

/* The headers of an answer: the value of the `i`th (from 0) called `name`,
 * whatever the case; NULL: there is none. Borrowed while they are read. */
struct limits_headers {
	const char *(*get)(void *arg, const char *name, size_t i);
	void *arg;
};

/*
 * Read them all; `wall_us` is the time since 1970, used where the answer has
 * no Date. Several say the same: Retry-After (RFC 9110, 10.2.3), which wins;
 * RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers);
 * RateLimit-Limit, -Remaining, -Reset (its older form); X-RateLimit-* and
 * X-Rate-Limit-*, whose Reset may be seconds to go, or seconds or
 * milliseconds since 1970.
 */
void limits_read(
    struct quota *, const struct limits_headers *, int64_t wall_us);

/*
 * The wait that a Retry-After names: seconds, or one of the three dates of
 * RFC 9110, 5.6.7, minus the time at which it was sent: `date`, the answer's
 * Date, or if that is NULL or malformed `wall_us`. In the past: 0. Returns
 * microseconds, or -1 if it is malformed ("1.5", "5, 10", "-1", "soon").
 */
int64_t limits_retry_after_us(
    const char *value, const char *date, int64_t wall_us);

#endif
