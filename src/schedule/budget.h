/*
 * A budget for what is extra (retries, hedges): it may not be more than a
 * share of what was asked for. Pure counting.
 */
#ifndef GATHER_SCHEDULE_BUDGET_H
#define GATHER_SCHEDULE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

struct budget_limit {
	double share; /* 0.2 is 20 %; negative: no limit */
	uint64_t min; /* so many are always allowed */
};

struct budget {
	uint64_t asked;
	uint64_t extra;
};

/* Is there room for one more extra? */
static inline bool
budget_allows(const struct budget *b, const struct budget_limit *limit)
{
	return limit->share < 0 || b->extra < limit->min ||
	       (double)(b->extra + 1) <= limit->share * (double)b->asked;
}

#endif
