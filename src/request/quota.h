/*
 * What one answer says about the limits of its server: read from headers by
 * fetch/limits.h, obeyed by schedule/sched.h. Durations are microseconds,
 * counted from the moment at which the answer's headers arrived.
 */
#ifndef GATHER_REQUEST_QUOTA_H
#define GATHER_REQUEST_QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct quota {
	int64_t retry_after_us; /* Retry-After; -1: none, or malformed */
	int64_t remaining;      /* requests left; -1: not said */
	int64_t reset_us;       /* until there are more; -1: not said */
	int64_t limit;          /* requests in a full window; -1: not said */
	const char *source;     /* header that named it; static, or NULL */
	bool asks;              /* a header of the kind of Retry-After is there,
	                         * maybe malformed */
};

/* An answer that names no limits. */
static inline struct quota
quota_none(void)
{
	return (struct quota){-1, -1, -1, -1, NULL, false};
}

#endif
