/*
 * --deadline before there is a loop: files that are named on the command line
 * are read when the options are, and one that is a FIFO may have nobody who
 * writes. One timer a process.
 */
#ifndef GATHER_BASE_EARLY_DEADLINE_H
#define GATHER_BASE_EARLY_DEADLINE_H

#include <stdint.h>

/* Start the timer: after `us` microseconds the process ends with a message and
 * STATUS_DEADLINE, unless the timer was stopped. With 0, or while the timer is
 * running, nothing happens. */
void early_deadline_start(int64_t us);
/* Stop the timer. Returns the microseconds that were left; 0 if it was not
 * running. */
int64_t early_deadline_stop(void);

#endif
