/*
 * Entries of an HTTP Archive (HAR 1.2,
 * http://www.softwareishard.com/blog/har-12-spec/), one for each exchange.
 * Pure.
 *
 * Secrets are replaced: values of headers and query parameters that carry them,
 * and userinfo.
 */
#ifndef GATHER_SINK_HAR_H
#define GATHER_SINK_HAR_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "format/format.h"
#include "request/exchange.h"

/* The page that all entries name as their pageref. */
#define HAR_PAGE "run"

/* Are bodies part of the archive (--with-body)? */
enum har_bodies {
	HAR_WITHOUT_BODIES,
	HAR_WITH_BODIES /* those of answers come through har_content */
};

/* An entry in two parts, between which the content of the answer belongs
 * (har_content). Its buffers are the caller's. */
struct har_entry {
	struct buf before;
	struct buf after;
};
/* Append the entry of exchange `x` of a record. */
void har_add_entry(struct har_entry *, const struct record *,
    const struct exchange *x, enum har_bodies);

/*
 * Call `take(arg, data, len)` for the member "text" of `content`, with its
 * comma in front: the body as it is, or in base64 if it is not UTF-8, and then
 * the member "encoding" that says so.
 *
 * A body may be large, and its text is larger still, so it comes in pieces.
 */
void har_content(const char *body, size_t len,
    void (*take)(void *arg, const char *data, size_t len), void *arg);

/* The times of an entry, in microseconds; -1 where one does not apply. The TLS
 * handshake is part of `connect_us`, too, as HAR has it. */
struct har_timings {
	int64_t blocked_us; /* in the queue */
	int64_t dns_us;     /* -1: it used an open connection */
	int64_t connect_us; /* -1: it used an open connection */
	int64_t ssl_us;     /* -1: there was no handshake */
	int64_t send_us;    /* this and the next two are never -1 */
	int64_t wait_us;
	int64_t receive_us;
};

/* The times of an exchange. The phase in which a failed exchange ended takes
 * what is left. */
struct har_timings har_timings_of(const struct exchange *);
/* The sum of all phases, with the TLS handshake counted once. */
int64_t har_timings_sum(const struct har_timings *);
/* Append the member `name` to the object that is open at the end of the buffer:
 * milliseconds with three decimals; -1 stays -1. */
void har_add_ms(struct buf *, const char *name, int64_t us);
/* Append a time as "2026-01-31T23:59:59.123Z", with its quotes. */
void har_add_moment(struct buf *, int64_t wall_us);

#endif
