/*
 * The records of a journal as bytes, each the payload of one frame (frame.h):
 *
 *     options   the options that shape the results: "name=value" each
 *     begun     a request that must not be repeated unasked is sent next
 *     failed    such a request failed in a way that allows to repeat it
 *     done      a result that is ok, all of it but what is a secret
 *     number    the number of one of the requests that follow on an input
 *
 * Pure: works on memory.
 */
#ifndef GATHER_JOURNAL_RECORD_H
#define GATHER_JOURNAL_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/strlist.h"
#include "base/strmap.h"
#include "journal/index.h"
#include "request/result.h"

enum record_kind {
	RECORD_OPTIONS = 'O',
	RECORD_BEGUN = 'B',
	RECORD_FAILED = 'F',
	RECORD_DONE = 'D',
	RECORD_NUMBER = 'N',
};

/* What a record of a result holds beside the result. */
struct journal_note {
	const char *url;     /* of the request; borrowed */
	char *etag;          /* header of the answer; owned; NULL: none */
	char *last_modified; /* header of the answer; owned; NULL: none */
	int64_t file_size;   /* of result->file; -1: not a regular file */
};

void journal_note_init(struct journal_note *, const char *url);
void journal_note_release(struct journal_note *);

/* All record_add_... append a record to the buffer. */
void record_add_options(struct buf *, const struct strlist *options);
/* RECORD_BEGUN, RECORD_FAILED. */
void record_add_key(struct buf *, enum record_kind, const struct journal_key *);
/* The number `k` is taken in the family. */
struct record_number {
	uint64_t family, k;
};
void record_add_number(
    struct buf *, const struct journal_key *, const struct record_number *);
/* All of the result but its body, which must follow. */
void record_add_done(struct buf *, const struct journal_key *,
    const struct result *, const struct journal_note *);

/* The beginning of a record, the same for all kinds; the rest depends on the
 * kind. */
struct record_head {
	enum record_kind kind;
	struct journal_key key; /* not of RECORD_OPTIONS */
	const char *rest;       /* borrowed from the payload */
	size_t rest_len;
};

/* Read the beginning of the record in `payload`, or the rest of a record of
 * that kind. Each returns 0; or -1 if it is not such a record. */
int record_read(struct record_head *, const char *payload, size_t len);
int record_read_number(const struct record_head *, struct record_number *);
int record_read_options(const struct record_head *, struct strlist *out);
/*
 * Read the rest of RECORD_DONE into `r` and `note`, both initialised, with
 * note->url set; the body is copied. Reasons of failures live in `reasons`,
 * which must outlive `r`. Returns 0; or -1 if it is not such a record. Both are
 * to be released either way.
 */
int record_read_done(const struct record_head *, struct result *r,
    struct journal_note *note, struct strmap *reasons);

#endif
