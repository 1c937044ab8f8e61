/*
 * What a comparison measured: for each arm its runs, and what they come to.
 */
#ifndef GATHER_COMPARE_FIGURES_H
#define GATHER_COMPARE_FIGURES_H

#include <stddef.h>
#include <stdint.h>

#include "compare/answers.h"
#include "compare/arms.h"
#include "stats/bootstrap.h"
#include "stats/floor.h"
#include "stats/stats.h"

/* One run of one arm. */
struct run_figures {
	double wall_s;
	double user_s; /* CPU of this process */
	double system_s;
	struct floor floor;
	uint64_t opened; /* connections */
	uint64_t reused;
	uint64_t failed; /* requests */
};

struct arm_figures {
	struct run_figures *runs;
	size_t len;
};

void arm_figures_add(struct arm_figures *, const struct run_figures *);
void arm_figures_release(struct arm_figures *);
/* Wall times in seconds, in the order of the rounds; caller frees. */
double *arm_figures_list(const struct arm_figures *);
struct stats arm_figures_wall(const struct arm_figures *);
/* Means, in seconds. */
double arm_figures_user(const struct arm_figures *);
double arm_figures_system(const struct arm_figures *);
/* The run whose wall time is the median, or the next above. */
const struct run_figures *arm_figures_typical(const struct arm_figures *);

struct comparison {
	const struct arms *arms;
	const struct arm_figures *figures; /* one per arm, as many runs each */
	const struct answers *answers;
	const char *target; /* what was asked: an origin, or how many */
	size_t requests;
	size_t listed; /* before a sample was taken */
	unsigned warmup;
	uint64_t seed;
};

/* The arm with the least median. */
size_t comparison_fastest(const struct comparison *);
/* median(a) / median(b), round by round. */
struct interval comparison_ratio(const struct comparison *, size_t a, size_t b);
/* A sentence why times cannot be compared; caller frees; NULL: they can.
 * Differing bodies are a reason where `bodies` says so. */
enum bodies_rule {
	BODIES_MAY_DIFFER,
	BODIES_ARE_SAME
};
char *comparison_refusal(const struct comparison *, enum bodies_rule bodies);

#endif
