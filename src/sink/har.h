/*
 * Entries of an HTTP Archive (HAR 1.2, http://www.softwareishard.com/blog/
 * har-12-spec/): one for each exchange. Pure. Secrets are replaced: values of
 * headers and query parameters that carry them, userinfo.
 */
#ifndef GATHER_SINK_HAR_H
#define GATHER_SINK_HAR_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "format/format.h"
#include "request/exchange.h"

/* What the pageref of all entries names. */
#define HAR_PAGE "run"

enum har_bodies {
	HAR_WITHOUT_BODIES,
	HAR_WITH_BODIES /* of requests: those of answers come later */
};

/* The entry of exchange `x` of the record. The answer's content belongs
 * between `before` and `after` (har_content). */
struct har_entry {
	struct buf before;
	struct buf after;
};
void har_add_entry(struct har_entry *, const struct record *,
    const struct exchange *x, enum har_bodies);

/*
 * Call `take(arg, data, len)` for the member "text" of `content`, with its
 * comma in front: the body as it is, or in base64 if it is no UTF-8, and then
 * the member "encoding" that says so.
 * A body may be large, and its text is larger still: it comes in pieces.
 */
void har_content(const char *body, size_t len,
    void (*take)(void *arg, const char *data, size_t len), void *arg);

/*
 * The times of an entry, in microseconds; -1: does not apply. The TLS
 * handshake is part of `connect_us`, too.
 */
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
/* The sum of all phases, with the TLS handshake counted once. */
int64_t har_timings_sum(const struct har_timings *);
/* Append the member `name` to the object that is open at the end of the buffer:
 * milliseconds with three decimals; -1 stays -1. */
void har_add_ms(struct buf *, const char *name, int64_t us);
/* "2026-01-31T23:59:59.123Z" with quotes. */
void har_add_moment(struct buf *, int64_t wall_us);

#endif
