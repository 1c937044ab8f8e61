/*
 * -C: whether an answer goes on where an earlier one broke off (RFC
 * 9110, 13.1.5 and 14). Wrong is worse than slow: what does not fit in every
 * respect begins anew. Pure.
 */
#ifndef GATHER_FETCH_RESUME_H
#define GATHER_FETCH_RESUME_H

#include <stdbool.h>
#include <stdint.h>

#include "request/result.h"

/* What is there of a file. */
struct resume {
	uint64_t offset; /* bytes that are there; 0: nothing is */
	uint64_t total;  /* bytes of the whole file; 0: nobody said */
	char *validator; /* for If-Range: an ETag or a date; owned; NULL */
	bool is_whole;   /* most likely all is there: only ask whether it is */
};

/* Free what it owns; there is nothing to go on with then. */
void resume_release(struct resume *);

/* What an answer that goes on has of the file, in bytes. */
struct resume_extent {
	uint64_t len;
	uint64_t left; /* missing after it; 0 where nobody says */
};

/*
 * How an answer with `status` and the header block `headers` relates to what is
 * there. If it is PART_GOES_ON, *extent is set.
 */
enum part_state resume_judge(const struct resume *, int status,
    const char *headers, struct resume_extent *extent);

/*
 * Set r->total and r->validator to what a complete answer with this header
 * block says of itself; r->offset is 0. The validator is NULL if nobody could
 * go on with the body later: it is encoded, or has no ETag that is strong and
 * no Last-Modified that is (RFC 9110, 8.8.2.2).
 */
void resume_describe(struct resume *r, const char *headers);

#endif
