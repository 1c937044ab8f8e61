/* What a landing teaches: holds, the breaker, the window. The inside of
 * sched.c. */
#ifndef GATHER_SCHEDULE_LANDING_H
#define GATHER_SCHEDULE_LANDING_H

#include <stdint.h>

#include "schedule/sched.h"

/* `item` still flies; what waits at its origin may be rejected. */
struct sched_advice landing_judge(struct sched *, const struct sched_item *,
    const struct sched_report *, int64_t now);

#endif
