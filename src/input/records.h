/*
 * --retry-from: the failed records of an earlier NDJSON output, one of each
 * input.
 */
#ifndef GATHER_INPUT_RECORDS_H
#define GATHER_INPUT_RECORDS_H

#include "base/buf.h"
#include "input/reader.h"
#include "request/lineage.h"

/* A failed record; strings are NULL where the record has none. */
struct record {
	struct buf input; /* what had been given */
	struct buf method;
	struct buf url;
	struct buf id;
	struct buf row;  /* as JSON */
	struct buf wire; /* what had happened to it (request/resend.h) */
	uint64_t n;
	struct trust trust; /* what it may do, asked for again */
	bool follows;       /* on an answer, as far as the record says */
};

struct records;

/* Takes the reader. */
struct records *records_open(struct reader *);
void records_free(struct records *);
/* The next line that holds a failed record, or is none (`out->bad`). */
enum reader_status records_next(struct records *, struct line *out);
/* What records_next found; until it is called again. */
const struct record *records_current(const struct records *);

#endif
