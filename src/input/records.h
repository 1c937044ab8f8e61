/*
 * --retry-from: the failed records that an earlier run with --format ndjson has
 * written, the first of each input; those of successes are skipped.
 */
#ifndef GATHER_INPUT_RECORDS_H
#define GATHER_INPUT_RECORDS_H

#include "base/buf.h"
#include "input/reader.h"
#include "request/lineage.h"

/* A failed record. A text is empty if the record does not have that member. */
struct record {
	struct buf input; /* as it was given, but for secrets */
	struct buf method;
	struct buf url;
	struct buf id;
	struct buf row;     /* as JSON */
	struct buf wire;    /* its wire_state by name (request/resend.h) */
	uint64_t n;         /* the number of its input; 0: not said */
	struct trust trust; /* of a request that repeats it */
	bool follows;       /* it followed on another answer */
};

struct records;

/* The reader is owned from here on. Never fails. */
struct records *records_open(struct reader *);
/* NULL is fine. */
void records_free(struct records *);
/* The next line with a failed record, or one that is not a record, for which
 * out->bad says why. Otherwise as reader_next. */
enum reader_status records_next(struct records *, struct line *out);
/* The record that records_next found last; borrowed until its next call. */
const struct record *records_current(const struct records *);

#endif
