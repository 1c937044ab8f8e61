/*
 * Fan-out: --each finds matches in an answer, --then makes a request of each.
 * Each such pair is a stage; the second stage looks into the answers to the
 * requests of the first, and so on.
 */
#ifndef GATHER_FOLLOW_FANOUT_H
#define GATHER_FOLLOW_FANOUT_H

#include <stddef.h>

#include "follow/child.h"
#include "follow/options.h"
#include "match/match.h"
#include "request/names.h"
#include "request/options.h"
#include "request/request.h"
#include "request/result.h"

struct fanout;

struct fanout_setup {
	const struct follow_options *options;
	/* The command line's; copied as far as children have them. */
	const struct request_options *common;
	struct names names; /* that the inputs give to templates */
	uint64_t match_max; /* see struct match_text */
};

/* Compile the stages. NULL with *cause set (caller frees) if an expression or
 * a template is wrong, or a template holds a name that stands for nothing. */
struct fanout *fanout_new(const struct fanout_setup *, char **cause);
/* NULL is fine. */
void fanout_free(struct fanout *);
/* The language in which --each of `stage` is written. */
enum match_language fanout_language(const struct fanout *, unsigned stage);
/* The number of stages. Stage 0 looks into answers to inputs; the requests
 * that the last stage makes are the ones whose answers are put out. */
unsigned fanout_stages(const struct fanout *);
/* Append what --each of `stage` finds in the body of `r`, as spans of it.
 * Returns -1 if `r` has become a failure. */
int fanout_find(const struct fanout *, unsigned stage, struct result *r,
    struct matches *matches);

/* What a child is made of. */
struct fanout_parent {
	struct child_parent parent;
	unsigned stage;         /* that found the match */
	uint64_t k;             /* {{k}} of the child; 0: it has none */
	struct json_span match; /* in the body of the parent's result */
};

/* The child that --then makes of a match: a GET, a HEAD in the last stage of
 * -I, or the method that --then names, with the headers and credentials of its
 * parent. Where a template cannot be expanded the child is invalid. Owned by
 * the caller. */
struct request *fanout_make(struct fanout *, const struct fanout_parent *);

#endif
