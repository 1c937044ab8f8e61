/*
 * Entries of an HTTP Archive (HAR 1.2, http://www.softwareishard.com/blog/
 * har-12-spec/): one for each exchange. Pure. Secrets are replaced: values of
 * headers and query parameters that carry them, userinfo.
 */
#ifndef GATHER_SINK_HAR_ENTRY_H
#define GATHER_SINK_HAR_ENTRY_H

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
 * between `before` and `after` (har_content.h). */
struct har_entry {
	struct buf before;
	struct buf after;
};
void har_add_entry(struct har_entry *, const struct record *,
    const struct exchange *x, enum har_bodies);

/* "2026-01-31T23:59:59.123Z" with quotes. */
void har_add_moment(struct buf *, int64_t wall_us);

#endif
