/*
 * The details of a run beyond its totals: how long requests took, and what
 * went wrong how often. Bounded, however many requests there are. Pure.
 */
#ifndef GATHER_STATS_ACCOUNT_H
#define GATHER_STATS_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>

#include "request/result.h"
#include "stats/percentiles.h"

enum {
	ACCOUNT_GROUPS = 64 /* kinds of errors; what comes later is "other" */
};

/* Errors that say the same, numbers aside. */
struct error_group {
	enum error_class class;
	char *message; /* the first one's; owned */
	uint64_t count;
};

struct account;

struct account *account_new(void);
void account_free(struct account *);
void account_add(struct account *, const struct result *);

/* Times in flight of what was answered. Borrowed. */
struct percentiles *account_latencies(struct account *);
/* The groups, the most frequent first; borrowed until the next account_add. */
const struct error_group *account_errors(struct account *, size_t *len);
/* Errors in no group, as there were too many kinds. */
uint64_t account_other_errors(const struct account *);
/* Answers of attempts, final or not, that asked for patience: 429, and 503
 * with a time to wait. */
uint64_t account_throttled(const struct account *);
/* Final answers with this status. */
uint64_t account_status(const struct account *, int status);

#endif
