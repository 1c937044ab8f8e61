/*
 * --retry-on: which ends of an attempt are worth another one.
 */
#ifndef GATHER_SCHEDULE_RETRY_ON_H
#define GATHER_SCHEDULE_RETRY_ON_H

#include <stdbool.h>
#include <stdint.h>

#include "request/result.h"

enum {
	RETRY_STATUS_MAX = 999
};

struct retry_on {
	uint64_t statuses[RETRY_STATUS_MAX / 64 + 1]; /* a bit each */
	unsigned names; /* a bit each; which is which knows retry_on.c */
};

/* 408,429,500,502,503,504,522,524,connect,reset,dns,stall */
void retry_on_init(struct retry_on *);
/*
 * Read a list: statuses (100 to 999), classes (5xx), names (connect dns
 * reset stall timeout tls protocol), separated by commas. A plain list
 * replaces what is there; entries with + or - change it.
 * Returns 0, or -1 with *cause set (caller frees) and nothing changed.
 */
int retry_on_parse(struct retry_on *, const char *text, char **cause);
/* Is this end in the list? A status counts with a success, too. */
bool retry_on_has(
    const struct retry_on *, enum error_class, const char *reason, int status);

#endif
