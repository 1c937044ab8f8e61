/* What a landing teaches: holds, the breaker, the window. The inside of
 * sched.c. */
#ifndef GATHER_SCHEDULE_LANDING_H
#define GATHER_SCHEDULE_LANDING_H

#include <stddef.h>
#include <stdint.h>

#include "schedule/sched.h"

struct origin;

/* `item` still flies; what waits at its origin may be doomed. */
struct sched_landing landing_judge(struct sched *, const struct sched_item *,
    const struct sched_report *, int64_t now);
/* Tell the user, if anybody listens. */
void landing_notice(
    struct sched *, const struct origin *, enum sched_notice_kind, int64_t now);
void landing_notice_parked(struct sched *);
/* `waiting` items wait for the end of a hold: once for each hold. */
void landing_announce_hold(
    struct sched *, struct origin *, size_t waiting, int64_t now);

#endif
