/*
 * What one origin took before it asked for a pause, so that what follows does
 * not run into its limit as a crowd: after a hold as many as it took before
 * may fly as the window lets them, then one at a time tries whether there is
 * more. If there is, or a period passes without a refusal, twice as many are
 * known.
 */
#ifndef GATHER_SCHEDULE_RATION_H
#define GATHER_SCHEDULE_RATION_H

#include <stdbool.h>
#include <stdint.h>

struct ration {
	uint64_t known;    /* so many are taken; UINT64_MAX: who knows */
	uint64_t passed;   /* answers since then: */
	int64_t since_us;  /* the end of the last hold, or the period's */
	int64_t period_us; /* from there to the end of the hold that came */
};

void ration_init(struct ration *);
/* A hold begins, and lasts until `until`. */
void ration_hold(struct ration *, int64_t until, int64_t now);
/* It lasts longer. */
void ration_extend(struct ration *, int64_t until);
/* An answer that is no refusal, to what was started then. */
void ration_answer(struct ration *, int64_t started_us, int64_t now);
/* May one more fly beside `flying` others? */
bool ration_allows(const struct ration *, unsigned flying);

#endif
