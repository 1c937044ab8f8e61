/*
 * --deadline before there is a loop: files that are named on the command line
 * are read when the options are, and one that is a FIFO may have nobody who
 * writes. One timer a process.
 */
#ifndef GATHER_BASE_EARLY_DEADLINE_H
#define GATHER_BASE_EARLY_DEADLINE_H

#include <stdint.h>

/* In `us` the process ends with a word and STATUS_DEADLINE, unless it was
 * stopped. Nothing happens if one is running, or with 0. */
void early_deadline_start(int64_t us);
/* What is left of it; 0: none was running. */
int64_t early_deadline_stop(void);

#endif
