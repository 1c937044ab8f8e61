/*
 * What an answer's headers say about the limits of its server. Pure. What is
 * malformed is ignored.
 */
#ifndef GATHER_FETCH_LIMITS_H
#define GATHER_FETCH_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "request/quota.h"

/* The headers of an answer: the value of the `i`th (from 0) called `name`,
 * whatever the case; NULL: there is none. Borrowed while they are read. */
struct limits_headers {
	const char *(*get)(void *arg, const char *name, size_t i);
	void *arg;
};

/* Is this line of a header block one that limits_read looks at? */
bool limits_is_one(const char *line, size_t len);

/*
 * Read them all; `wall_us` is the time since 1970, used where the answer has
 * no Date. Of the waits that are named (Retry-After; RFC 9110, 10.2.3) the
 * longest counts, and they win over quotas; of several quotas (RateLimit, as
 * draft-ietf-httpapi-ratelimit-headers has it or had it, and the families in
 * the table of limits.c) the one that binds most: of empty ones that which is
 * empty longest, else the one with the least left.
 */
void limits_read(
    struct quota *, const struct limits_headers *, int64_t wall_us);

#endif
