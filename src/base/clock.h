/* Time in microseconds. Pure modules get it passed in; only what stands at
 * the edge of the program asks for it here. */
#ifndef GATHER_BASE_CLOCK_H
#define GATHER_BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_SECOND INT64_C(1000000)
#define CLOCK_MS     INT64_C(1000)

/* The monotonic clock; its zero is some moment before the program started. */
int64_t clock_now_us(void);
/* The time since 1970, UTC; it jumps when the machine's clock is set. */
int64_t clock_wall_us(void);

#endif
