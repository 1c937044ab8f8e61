/*
 * The arms of a comparison, which are ways of fetching the same list, and what
 * was measured of each: its runs, and what they come to.
 */
#ifndef GATHER_COMPARE_ARMS_H
#define GATHER_COMPARE_ARMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compare/answers.h"
#include "stats/floor.h"
#include "stats/stats.h"

enum arm_kind {
	ARM_SYNC,    /* one at a time, each on a fresh connection */
	ARM_SESSION, /* one at a time, connections kept */
	ARM_ASYNC,   /* -P at a time */
};

struct arm {
	enum arm_kind kind;
	unsigned parallel; /* in flight */
	char name[24];     /* "async:8" */
};

struct arms {
	struct arm *items;
	size_t len;
};

/*
 * Parse "sync,session,async,async:8,16"; NULL is the three of them.
 * `parallel` is what plain `async` means. -1 with *cause (caller frees).
 */
int arms_parse(
    struct arms *, const char *text, unsigned parallel, char **cause);
void arms_release(struct arms *);
/* Three or more, all of them async: how the time depends on -P. */
bool arms_are_sweep(const struct arms *);
/* What it does, for people: "one at a time, a connection each". Caller
 * frees. */
char *arm_meaning(const struct arm *);

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
