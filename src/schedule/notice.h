/* What the scheduler has to tell the user. The inside of sched.c. */
#ifndef GATHER_SCHEDULE_NOTICE_H
#define GATHER_SCHEDULE_NOTICE_H

#include <stddef.h>
#include <stdint.h>

#include "request/quota.h"
#include "schedule/sched.h"

struct origin;

/*
 * Something waits for the end of a hold. Told a moment later, when the other
 * answers in flight have come in and what waits can be counted: once for each
 * hold that lasts, and for the origin's first one.
 */
void notice_hold(struct sched *, struct origin *, int64_t now);
/* Tell what is due; returns when something will be, or RATE_NEVER. */
int64_t notice_due(struct sched *, int64_t now);
/* The quota that an answer names is low. */
void notice_spread(
    const struct sched *, const struct origin *, const struct quota *);
/* Any other kind about an origin. */
void notice_origin(const struct sched *, const struct origin *,
    enum sched_notice_kind, int64_t now);
/* No more may be parked: told once in a run. */
void notice_parked(struct sched *);

#endif
