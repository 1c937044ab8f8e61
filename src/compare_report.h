/* What a comparison found, as a table for people. */
#ifndef GATHER_COMPARE_REPORT_H
#define GATHER_COMPARE_REPORT_H

#include <stddef.h>

#include "arms.h"
#include "base/buf.h"
#include "request/request.h"
#include "request/result.h"
#include "timing/totals.h"

/* The runs of one arm. */
struct arm_figures {
	double *wall_s; /* of each run */
	size_t runs;
	uint64_t opened; /* connections, over all runs */
	uint64_t reused;
	uint64_t failed; /* requests */
};

void arm_figures_add(struct arm_figures *, const struct totals *);

/* The outcome of each request in its first run; the others are held
 * against it: times of different answers can't be compared. */
struct statuses;
struct statuses *statuses_new(size_t requests);
void statuses_free(struct statuses *);
void statuses_see(
    struct statuses *, const struct request *, const struct result *);

struct comparison {
	const struct arms *arms;
	const struct arm_figures *figures;
	const struct statuses *statuses;
	size_t requests;
};

/* Append the table; returns the exit status: 1 where requests failed or
 * their statuses differ between the arms. */
int compare_report(const struct comparison *, struct buf *out);

#endif
