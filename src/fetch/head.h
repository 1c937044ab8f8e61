/*
 * The head of an answer as it comes, line by line: whether it is HTTP, and
 * what it says of where the body ends. libcurl makes do with more than is
 * safe. Pure.
 */
#ifndef GATHER_FETCH_HEAD_H
#define GATHER_FETCH_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "request/result.h"

struct head {
	int status;       /* of its status line; 0: there is none (file) */
	unsigned request; /* which of those on the wire it answers */
	bool ended;       /* by its blank line: what follows are trailers */
	bool framed;      /* it tells where the body ends */
	bool has_length;
	uint64_t length;    /* of Content-Length */
	bool must_not_fold; /* the last line was one of framing */
};

/* Is `line` the status line of another head, behind 1xx or the answer to an
 * earlier request? Not if it is a trailer that looks like one. */
bool head_begins(
    const struct head *, const char *line, size_t len, unsigned request);
/* The next line, its end included. -1 with *failure set: the answer cannot be
 * trusted to be one. */
int head_take(struct head *, const char *line, size_t len, unsigned request,
    struct failure *);

#endif
