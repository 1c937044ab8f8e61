/*
 * What an answer's headers say about the limits of its server: when to come
 * back, and how many requests are left. What is malformed is ignored, since a
 * server's mistake must not end a run. Pure.
 */
#ifndef GATHER_LIMITS_LIMITS_H
#define GATHER_LIMITS_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "request/quota.h"

/* The headers of an answer: `get` returns the value of the `i`th one (from 0)
 * called `name`, whatever the case; NULL: there is none. Borrowed while they
 * are read. */
struct limits_headers {
	const char *(*get)(void *arg, const char *name, size_t i);
	void *arg;
};

/* Is this line of a header block a header that limits_read looks at? If none
 * is, limits_read need not be called. */
bool limits_is_one(const char *line, size_t len);

/*
 * Read all such headers into *quota; `wall_us` is the time since 1970 in
 * microseconds, used where the answer has no Date.
 *
 * Headers that name a wait (Retry-After; RFC 9110, 10.2.3) win over those that
 * name a quota, and the longest of these waits counts. Of several quotas
 * (RateLimit, as draft-ietf-httpapi-ratelimit-headers has it or had it, and the
 * families in the table of limits.c) the one that binds most counts: of empty
 * ones the one that is empty longest, else the one with the least left.
 */
void limits_read(
    struct quota *, const struct limits_headers *, int64_t wall_us);

#endif
