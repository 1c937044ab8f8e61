/*
 * The arms of a comparison: ways of fetching the same list.
 */
#ifndef GATHER_COMPARE_ARMS_H
#define GATHER_COMPARE_ARMS_H

#include <stdbool.h>
#include <stddef.h>

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

#endif
