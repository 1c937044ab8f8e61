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

struct drawn;

enum arm_kind {
	ARM_SYNC,    /* one at a time, each on a new connection */
	ARM_SESSION, /* one at a time, connections reused */
	ARM_ASYNC,   /* -P at a time */
};

struct arm {
	enum arm_kind kind;
	unsigned parallel; /* transfers in flight, at most; of an adaptive arm
	                    * those that it begins with */
	bool adaptive;     /* -P auto: it finds its own number */
	char name[24];     /* "async:8" */
};

struct arms {
	struct arm *items;
	size_t len; /* 1 or more */
};

/*
 * Parse "sync,session,async,async:8,16,auto"; a NULL `text` means the first
 * three. `plain` has the `parallel` and `adaptive` of the arm `async`. -1 with
 * *cause (caller frees): a name is unknown or stands there twice, and there is
 * nothing to release.
 */
int arms_parse(
    struct arms *, const char *text, const struct arm *plain, char **cause);
void arms_release(struct arms *);
/* Are these three or more arms, all of them async? Then the question is how the
 * time depends on -P. */
bool arms_are_sweep(const struct arms *);
/* How `arm` fetches, for people: "one at a time, connections reused". Caller
 * frees. */
char *arm_meaning(const struct arm *);

/* One run of one arm. */
struct run_figures {
	double wall_s;      /* seconds */
	double user_s;      /* CPU seconds of this process, in user mode */
	double system_s;    /* CPU seconds of this process, in the kernel */
	struct floor floor; /* the fastest that was possible */
	uint64_t opened;    /* connections */
	uint64_t reused;    /* connections */
	uint64_t ended;     /* requests, failed or not */
	uint64_t failed;    /* requests */
	unsigned settled;   /* in flight, at the end of -P auto; 0: unknown */
};

/* All runs of one arm, in the order of the rounds. */
struct arm_figures {
	struct run_figures *runs; /* owned */
	size_t len;
};

/* Add a run; it is copied. */
void arm_figures_add(struct arm_figures *, const struct run_figures *);
/* Free the runs. */
void arm_figures_release(struct arm_figures *);
/* The wall times of the runs in seconds, in their order; caller frees. */
double *arm_figures_list(const struct arm_figures *);
/* The statistics of the wall times, in seconds; there is at least one run. */
struct stats arm_figures_wall(const struct arm_figures *);
/* The mean CPU time of a run in user mode and in the kernel, in seconds. */
double arm_figures_user(const struct arm_figures *);
double arm_figures_system(const struct arm_figures *);
/* The run whose wall time is the median, or the next above it; borrowed. */
const struct run_figures *arm_figures_typical(const struct arm_figures *);

/* The outcome of a comparison, as it is shown and exported. It owns nothing. */
struct comparison {
	const struct arms *arms;
	const struct arm_figures *figures; /* one per arm, as many runs each */
	const struct answers *answers;
	const struct drawn *drawn; /* compare/drawn.h; NULL: not asked for */
	const char *command; /* what was typed, without secrets; "": unknown */
	const char *target;  /* what was asked, for people: "3 servers" */
	size_t requests;     /* that each run fetched */
	size_t listed;       /* requests before a sample was taken */
	unsigned warmup;     /* rounds that do not count */
	uint64_t seed;       /* of the random order */
};

/* The index of the arm with the lowest median. */
size_t comparison_fastest(const struct comparison *);
/* median(a) / median(b) of two arms, and how sure that ratio is. */
struct interval comparison_ratio(const struct comparison *, size_t a, size_t b);

/* Given how many times longer one arm took than another: was that other one
 * measurably faster? Without an interval only if it clearly was. */
bool interval_is_faster(const struct interval *ratio);

/* Whether different bodies are an error. */
enum bodies_rule {
	BODIES_MAY_DIFFER,
	BODIES_ARE_SAME /* --same-bodies */
};
/*
 * A sentence why the times cannot be compared, namely that the arms received
 * different statuses, or, with BODIES_ARE_SAME, different bodies, or that every
 * request failed; caller frees.
 * NULL: they can be compared.
 */
char *comparison_refusal(const struct comparison *, enum bodies_rule bodies);

#endif
