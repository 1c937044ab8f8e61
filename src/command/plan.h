/* --plan: what a run would do, as it is counted and as it is told. */
#ifndef GATHER_COMMAND_PLAN_H
#define GATHER_COMMAND_PLAN_H

#include <stdint.h>

#include "base/strlist.h"
#include "base/strmap.h"
#include "cli/options.h"
#include "display/failures.h"
#include "files/claims.h"
#include "journal/verdict.h"
#include "run/compiled.h"

/* The requests to one origin. */
struct part {
	const char *origin; /* the map's */
	uint64_t count;
	uint64_t to_send; /* what a journal does not spare */
	char *first;
	char *last;
};

struct plan {
	const struct options *options;
	struct source *source;
	struct compiled compiled; /* for its mistakes only */
	struct strmap by_origin;
	struct part **parts; /* in the order of their first requests */
	size_t len;
	struct claims claims;
	struct failures *failures;
	struct strlist clashes; /* the first of them */
	uint64_t clashing;
	uint64_t valid;
	struct journal *journal; /* NULL: there is none */
	uint64_t known[VERDICT_IN_DOUBT + 1];
};

/* Append the whole of it, for people. */
void plan_add_text(const struct plan *, struct buf *out);

#endif
