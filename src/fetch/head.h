/*
 * The head of an answer as it comes, line by line: whether it is HTTP, and
 * where it says that the body ends. libcurl accepts more than is safe. Pure.
 */
#ifndef GATHER_FETCH_HEAD_H
#define GATHER_FETCH_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "request/result.h"

struct head {
	int status;       /* of its status line; 0: there is none (file) */
	unsigned request; /* number of the copy on the wire that it answers */
	bool ended;       /* its blank line came: what follows are trailers */
	bool framed;      /* it tells where the body ends */
	bool has_length;
	uint64_t length;    /* of Content-Length, if has_length */
	bool must_not_fold; /* the last line was one of framing */
};

/* Is `line` the status line of another head: after a 1xx, or after the answer
 * to an earlier request? A trailer that looks like one is not. `request` counts
 * the copies of the request that were sent so far. */
bool head_begins(
    const struct head *, const char *line, size_t len, unsigned request);
/* Take the next line, its end included. Returns -1 with *failure set if the
 * answer cannot be trusted to be one answer, as HTTP means it. */
int head_take(struct head *, const char *line, size_t len, unsigned request,
    struct failure *);

#endif
