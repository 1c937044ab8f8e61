/*
 * The times of a HAR entry. In microseconds here, milliseconds there; -1:
 * does not apply. The TLS handshake is part of `connect`, too.
 */
#ifndef GATHER_SINK_HAR_TIMINGS_H
#define GATHER_SINK_HAR_TIMINGS_H

#include <stdint.h>

#include "base/buf.h"
#include "request/exchange.h"

struct har_timings {
	int64_t blocked_us; /* in the queue */
	int64_t dns_us;     /* -1: a connection that was open */
	int64_t connect_us; /* likewise */
	int64_t ssl_us;     /* -1: none */
	int64_t send_us;    /* these three never -1 */
	int64_t wait_us;
	int64_t receive_us;
};

/* The phase in which a failed exchange ended takes what is left. */
struct har_timings har_timings_of(const struct exchange *);
/* All of it, ssl once. */
int64_t har_timings_sum(const struct har_timings *);
/* `name` comes with its colon; -1 stays -1. */
void har_add_ms(struct buf *, const char *name, int64_t us);
/* The member "timings", with the comma in front. */
void har_timings_add(struct buf *, const struct har_timings *);

#endif
