/*
 * What a run comes to: counts and sums over all its results. Pure.
 */
#ifndef GATHER_STATS_TOTALS_H
#define GATHER_STATS_TOTALS_H

#include <stdint.h>

#include "base/buf.h"
#include "request/result.h"

struct totals {
	uint64_t ok;
	uint64_t recalled; /* of these: an earlier run had them */
	uint64_t parents;  /* of these: they only led to others (--each) */
	uint64_t failed;   /* cancelled ones not counted */
	uint64_t cancelled;
	uint64_t bytes; /* of bodies, on the wire */
	uint64_t attempts;
	uint64_t retries;  /* attempts after a failure that was charged */
	uint64_t requeues; /* ... after a hold or a limit of this machine */
	uint64_t hedges;   /* second copies */
	uint64_t holds;    /* of origins that asked for patience */
	uint64_t redirects;
	uint64_t connections_opened;
	uint64_t connections_reused;
	int64_t wall_us;
	int64_t flight_us; /* sum over final attempts: one at a time */
	int64_t slowest_us;
	uint64_t by_class[ERROR_CLASS_COUNT];
};

void totals_add(struct totals *, const struct result *);
/* One that an earlier run had, as far as it is ok: it took no time, though it
 * may have been asked for again. */
void totals_add_recalled(
    struct totals *, const struct result *, unsigned attempts);
uint64_t totals_count(const struct totals *);
/* How many a second this run brought to an end: neither what was cancelled
 * nor what was recalled. */
double totals_per_second(const struct totals *);

/*
 * One line: what came of the run, and about what it would have cost one at
 * a time. No newline.
 */
void totals_add_line(const struct totals *, struct buf *out);
/* The same over several lines, each with its newline. */
void totals_add_block(const struct totals *, struct buf *out);

#endif
