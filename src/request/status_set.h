/* A set of HTTP statuses. */
#ifndef GATHER_REQUEST_STATUS_SET_H
#define GATHER_REQUEST_STATUS_SET_H

#include <stdbool.h>
#include <stdint.h>

/* HTTP statuses 0 to 999, one bit each. */
struct status_set {
	uint32_t bits[32];
};

static inline bool
status_set_has(const struct status_set *s, int status)
{
	return status >= 0 && status < 1000 &&
	       (s->bits[status / 32] >> (status % 32) & 1);
}

#endif
