/*
 * Conditions on the JSON body of an answer (--expect, --until): logical
 * expressions as in a filter (RFC 9535, 2.3.5.1), in which both $ and @ stand
 * for the whole document.
 */
#ifndef GATHER_MATCH_CONDITION_H
#define GATHER_MATCH_CONDITION_H

#include "base/strlist.h"
#include "match/match.h"

/* The expressions as they were given. */
struct expect_options {
	struct strlist expect; /* --expect: all of them must hold */
	char *until;           /* --until; NULL: it was not given */
};

struct conditions;

/*
 * Compile the expressions. NULL with *cause set (caller frees) if one of them
 * is not a logical expression; the cause names its option and the column.
 */
struct conditions *conditions_new(const struct expect_options *, char **cause);
/* NULL is fine. */
void conditions_free(struct conditions *);
/*
 * Does the body of a success so far meet all conditions, --until first? If not,
 * the result becomes a failure: of class `expect`, with the reason
 * FAILURE_UNTIL where it is --until that does not hold; of class `json` if the
 * body is not JSON. An empty body meets no condition.
 */
void conditions_check(const struct conditions *, struct readings *body);

#endif
