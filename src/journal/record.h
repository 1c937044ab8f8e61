/*
 * The records of a journal as bytes, each the payload of one frame (frame.h):
 *
 *     options   what shapes the results: "name=value" each
 *     begun     a request that must not be repeated unasked is sent next
 *     failed    ... and it failed in a way that says so
 *     done      a result that is ok, all of it but what is a secret
 *     number    which number one of many that follow on an input has
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

/* What a record of a result holds beside it. */
struct journal_note {
	const char *url; /* the request's; borrowed */
	char *etag;      /* owned, as the next; NULL: the answer had none */
	char *last_modified;
	int64_t file_size; /* of result->file; -1: it has none to compare */
};

void journal_note_init(struct journal_note *, const char *url);
void journal_note_release(struct journal_note *);

void record_add_options(struct buf *, const struct strlist *options);
/* RECORD_BEGUN, RECORD_FAILED. */
void record_add_key(struct buf *, enum record_kind, const struct journal_key *);
/* `k` is taken in the family. */
struct record_number {
	uint64_t family, k;
};
void record_add_number(
    struct buf *, const struct journal_key *, const struct record_number *);
/* Everything but the body, which must follow. */
void record_add_done(struct buf *, const struct journal_key *,
    const struct result *, const struct journal_note *);

/* The record in `payload`, as far as it is the same for all; the rest
 * is its own. */
struct record_head {
	enum record_kind kind;
	struct journal_key key; /* not of RECORD_OPTIONS */
	const char *rest;
	size_t rest_len;
};

/* Returns 0, or -1: it is no record. */
int record_read(struct record_head *, const char *payload, size_t len);
int record_read_number(const struct record_head *, struct record_number *);
int record_read_options(const struct record_head *, struct strlist *out);
/*
 * Fill `r` and `note` (note->url is set), both initialised; the body is
 * copied. Reasons of failures live in `reasons`, which must outlive `r`. -1: it
 * is no such record; both are to be released either way.
 */
int record_read_done(const struct record_head *, struct result *r,
    struct journal_note *note, struct strmap *reasons);

#endif
