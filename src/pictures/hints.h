/*
 * Which option would have helped most. Pure.
 */
#ifndef GATHER_PICTURES_HINTS_H
#define GATHER_PICTURES_HINTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "stats/account.h"
#include "stats/totals.h"

/* What is known of a run and of the options it had. */
struct hint_facts {
	const struct totals *totals;
	struct account *account;
	unsigned parallel; /* -P */
	bool ran_out;      /* of descriptors or ports: P was lowered */
	bool has_rate;     /* --rate or --per-host-rate */
	bool follows;      /* -L */
	bool logs_in;      /* -u, --oauth2-bearer and the like */
	bool has_max_time; /* -m */
	bool hedges;
	bool has_retry_from;
	const char *extract; /* "-j" or "--xpath" */
	const char *barren;  /* its first path that matched nothing, or NULL */
	uint64_t barren_in;  /* so many answers */
	bool whole;          /* nothing ended it before its time */
};

/* Append the hint; false: there is none. */
bool hint_add(const struct hint_facts *, struct buf *out);

#endif
