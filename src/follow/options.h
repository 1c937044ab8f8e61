/* What --paginate, --each, --then and their like say. */
#ifndef GATHER_FOLLOW_OPTIONS_H
#define GATHER_FOLLOW_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "match/match.h"

/* --each or --each-xpath, and the --then that belongs to it. */
struct follow_stage {
	enum match_language language;
	char *each; /* the expression that finds matches; owned */
	char *then; /* "URL" or "METHOD URL" of their requests, a template;
	             * owned; NULL: none yet */
};

/* All zero: nothing follows on an answer. */
struct follow_options {
	char *paginate;     /* as given; owned; NULL: every input is one page */
	uint64_t max_pages; /* of one input; 0: any number */
	struct follow_stage *stages;
	size_t stages_len;
	char *output;          /* -o of the last stage; owned; NULL: none */
	bool head;             /* -I: the last stage fetches only headers */
	uint64_t max_requests; /* that may follow on one input */
};

/* Free what the options own and set all to zero. */
void follow_options_release(struct follow_options *);
/* Add a stage that has no --then yet; `each` is copied. */
void follow_options_add(
    struct follow_options *, enum match_language, const char *each);
/* The option that gave the expression: "--each" or "--each-xpath". Static. */
const char *follow_stage_option(const struct follow_stage *);

#endif
