/* What --paginate and its like say. */
#ifndef GATHER_FOLLOW_OPTIONS_H
#define GATHER_FOLLOW_OPTIONS_H

#include <stdint.h>

#include "match/match.h"

/* --each or --each-xpath, and its --then. */
struct follow_stage {
	enum match_language language;
	char *each;
	char *then; /* NULL: not said so far */
};

struct follow_options {
	char *paginate;     /* as given; NULL: every input is one page */
	uint64_t max_pages; /* of an input; 0: any number */
	struct follow_stage *stages;
	size_t stages_len;
	char *output;          /* -o of the last stage; NULL: none */
	uint64_t max_requests; /* that may follow on one input */
};

/* All at nothing. */
void follow_options_release(struct follow_options *);
/* A stage without --then; its text is copied. */
void follow_options_add(
    struct follow_options *, enum match_language, const char *each);
/* The option that finds its matches. Static. */
const char *follow_stage_option(const struct follow_stage *);

#endif
