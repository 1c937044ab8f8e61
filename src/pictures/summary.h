/*
 * The summary that is printed on stderr when a run is over: its figures, and a
 * hint at the option that would have helped most.
 */
#ifndef GATHER_PICTURES_SUMMARY_H
#define GATHER_PICTURES_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "run/run.h"
#include "stats/account.h"
#include "stats/totals.h"

/* What a summary depends on, beside the outcome of the run. */
struct summary_setup {
	const struct run_options *run; /* borrowed */
	bool detailed;                 /* --summary */
	bool logs_in;                  /* -u, --oauth2-bearer and the like */
	bool has_retry_from;           /* --retry-from */
};

/* Returns the account that the run must fill for summary_print; NULL: no
 * summary will be printed. Caller frees it by account_free. */
struct account *summary_account(const struct summary_setup *);
/*
 * Print on stderr: detailed statistics with --summary, else one line where
 * stderr is a terminal (for a single request only if it went to a file); and
 * one hint. A NULL `account` prints nothing.
 */
void summary_print(const struct summary_setup *, const struct run_outcome *,
    struct account *account);

/* What hints depend on: figures of a run, and the options that it had. All is
 * borrowed. */
struct hint_facts {
	const struct totals *totals;
	struct account *account;
	unsigned parallel;   /* -P */
	bool ran_out;        /* of descriptors or ports: -P was lowered */
	bool has_rate;       /* --rate or --per-host-rate */
	bool follows;        /* -L */
	bool logs_in;        /* -u, --oauth2-bearer and the like */
	bool has_max_time;   /* -m */
	bool hedges;         /* --hedge */
	bool has_retry_from; /* --retry-from */
	bool whole;          /* nothing ended the run early */
};

/* Append the hint that helps most, as one line without its newline. Returns
 * false, with nothing appended, if none applies. Pure. */
bool hint_add(const struct hint_facts *, struct buf *out);

#endif
