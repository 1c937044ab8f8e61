/*
 * The totals of a run: counts and sums over all its results, and their texts.
 * Pure.
 */
#ifndef GATHER_STATS_TOTALS_H
#define GATHER_STATS_TOTALS_H

#include <stdint.h>

#include "base/buf.h"
#include "request/result.h"

enum {
	TOTALS_STATUSES = 1000 /* statuses are below */
};

/* Zero initialises it. */
struct totals {
	uint64_t ok;        /* requests */
	uint64_t recalled;  /* of these, done by an earlier run */
	uint64_t parents;   /* of these, only a way to others (--each) */
	uint64_t failed;    /* requests, without cancelled ones */
	uint64_t cancelled; /* requests */
	uint64_t bytes;     /* of bodies, on the wire */
	uint64_t attempts;  /* of all requests */
	uint64_t retries;   /* attempts charged as retries */
	uint64_t requeues;  /* free attempts, after a hold or a limit
	                     * of this machine */
	uint64_t hedges;    /* second copies */
	uint64_t holds;     /* origins asked for a pause */
	uint64_t redirects; /* that were followed */
	uint64_t connections_opened; /* by transfers */
	uint64_t connections_reused; /* by transfers */
	int64_t wall_us;             /* what the run took */
	int64_t flight_us;           /* in flight: sum over all attempts but
	                              * second copies */
	int64_t slowest_us;          /* the longest that a request took */
	uint64_t by_class[ERROR_CLASS_COUNT]; /* results; [0]: ok */
	uint64_t by_status[TOTALS_STATUSES];  /* final answers */
	/* ... that were failures of class `http` */
	uint64_t failed_by_status[TOTALS_STATUSES];
};

/* Add a result. What no result knows (retries to holds, connections, wall_us,
 * parents) is set by the run. */
void totals_add(struct totals *, const struct result *);
/* Add a result that an earlier run had, and that took no time in this one;
 * `attempts` were made in this run to see whether it has changed. */
void totals_add_recalled(
    struct totals *, const struct result *, unsigned attempts);
/* Returns the number of requests that ended. */
uint64_t totals_count(const struct totals *);
/* Returns how many requests per second this run completed; those that were
 * cancelled or recalled do not count. */
double totals_per_second(const struct totals *);
/*
 * How many requests were in flight on average; 0 if none was. It says how much
 * of the run's time overlapped, not what overlapping was worth: requests that
 * run together slow each other.
 */
double totals_mean_in_flight(const struct totals *);
/* Final answers with this status. */
uint64_t totals_status(const struct totals *, int status);

/* One line: what came of the run, failures by status or class, and how many
 * requests were in flight. No newline. */
void totals_add_line(const struct totals *, struct buf *out);
/* Append ", " and the bytes a second, if there were any. */
void totals_add_speed(const struct totals *, struct buf *out);
/* Append the totals in detail, over several lines with their newlines. */
void totals_add_block(const struct totals *, struct buf *out);

#endif
