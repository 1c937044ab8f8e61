/*
 * What one answer says about the limits of its server (Retry-After, RateLimit
 * and their like): limits/limits.h reads it from headers, schedule/sched.h
 * obeys it. Durations are microseconds from the moment at which the headers of
 * the answer arrived.
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
	const char *source;     /* the header that named the limits; static;
	                         * NULL: none */
	bool asks;              /* there is a header that asks to wait, such as
	                         * Retry-After, maybe malformed */
};

/* The quota of an answer that names no limits. */
static inline struct quota
quota_none(void)
{
	return (struct quota){-1, -1, -1, -1, NULL, false};
}

#endif
