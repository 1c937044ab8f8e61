/* What --paginate and its like say. */
#ifndef GATHER_FOLLOW_OPTIONS_H
#define GATHER_FOLLOW_OPTIONS_H

#include <stdint.h>

#include "base/strlist.h"

struct follow_options {
	char *paginate;        /* as given; NULL: every input is one page */
	uint64_t max_pages;    /* of an input; 0: any number */
	struct strlist each;   /* --each, one a stage ... */
	struct strlist then;   /* ... and its --then */
	char *output;          /* -o of the last stage; NULL: none */
	uint64_t max_requests; /* that may follow on one input */
};

/* All at nothing. */
void follow_options_release(struct follow_options *);

#endif
