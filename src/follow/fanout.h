/*
 * Fan-out: --each finds matches in an answer, --then makes a request of each.
 * Several of them are stages: the second looks into the answers of the first.
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
	struct names names; /* of the inputs, in templates */
	uint64_t match_max; /* struct match_text's */
};

/* Compile the stages. NULL with *cause set (caller frees): an expression or
 * a template is wrong, or a name in it means nothing. */
struct fanout *fanout_new(const struct fanout_setup *, char **cause);
/* NULL is fine. */
void fanout_free(struct fanout *);
/* In which language --each of `stage` is. */
enum match_language fanout_language(const struct fanout *, unsigned stage);
/* How many there are: requests of that stage are the last ones. */
unsigned fanout_stages(const struct fanout *);
/*
 * Append what --each of `stage` (0: the inputs') finds in the body of `r`;
 * spans of it. -1: `r` has become a failure.
 */
int fanout_find(const struct fanout *, unsigned stage, struct result *r,
    struct matches *matches);

/* What a child is made of. */
struct fanout_parent {
	struct child_parent parent;
	unsigned stage;
	uint64_t k; /* the child's number within the input; 0: it has none */
	struct json_span match;
};

/* The child, a GET with the headers and credentials of its parent; what does
 * not expand makes it invalid. Owned by the caller. */
struct request *fanout_make(struct fanout *, const struct fanout_parent *);

#endif
