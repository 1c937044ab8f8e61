/*
 * What the files of a comparison share: compare.c (how it is made and taken
 * apart), compare_rounds.c (what is measured), compare_end.c (what comes of
 * it).
 */
#ifndef GATHER_COMPARE_COMPARE_PRIVATE_H
#define GATHER_COMPARE_COMPARE_PRIVATE_H

#include "compare/compare_export.h"
#include "compare/figures.h"
#include "compare/rest.h"
#include "compare/trial.h"
#include "stats/assertion.h"

enum ending {
	ENDING_NONE, /* all rounds are done */
	ENDING_HELD,
	ENDING_SIGNAL,
	ENDING_DEADLINE,
	ENDING_FAILURES,
	ENDING_OUTPUT,
	ENDING_SETUP, /* `cause` says why */
};

struct compare {
	const struct options *options;
	struct trial_parts parts;
	struct arms arms;
	struct arm_figures *figures; /* one per arm */
	struct exports *exports;
	struct assertion **assertions; /* as many as --assert */
	char *target;
	size_t listed;
	size_t ports; /* requests to the origin that has most of them */
	struct rest rest;
	uint64_t seed;
	uint64_t random;
	int64_t start_us;
	unsigned rounds; /* done, warm-up included */
	unsigned held;
	enum ending ending;
	int signal;
	int os_errno;
	char *cause;
};

/* Why it ends; the first reason stays. */
static inline void
compare_stop(struct compare *c, enum ending why)
{
	if (c->ending == ENDING_NONE)
		c->ending = why;
}

/* Measure, until all rounds are done or something ends it. */
void compare_rounds(struct compare *);
/* Tell what came of it; returns the exit status. */
int compare_conclude(struct compare *);

#endif
