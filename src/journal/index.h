/*
 * By what a request is known from run to run, and where a journal holds what is
 * known of it.
 *
 * The key of a request is made of method, URL, body and headers, but of nothing
 * that is a credential, so that a new token finds the old results; and of its
 * number among equal requests, so that an edited or reordered list finds them,
 * too. It holds hashes, no text.
 *
 * The index takes 16 bytes for each request that is in the journal or that this
 * run has asked for. Pure: both work on memory.
 */
#ifndef GATHER_JOURNAL_INDEX_H
#define GATHER_JOURNAL_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "request/request.h"

struct journal_key {
	uint64_t hash;
	uint32_t check;      /* of the same, by another rule */
	uint64_t occurrence; /* among equal requests of a run, from 0 */
};

/* The first of its kind. A body or form that is a file counts by the file's
 * name. The request must be valid. */
struct journal_key journal_key_of(const struct request *);
/* The same of one that is not to be sent, valid or not; it is never that of
 * one that is. */
struct journal_key journal_key_of_unsent(const struct request *);
/* Of a part of what is known by `whole` (journal_key_mix); NULL: of itself. */
struct journal_key journal_key_of_part(
    uint64_t whole, const char *text, size_t len);
/* 64 bits of all of it, never 0. */
uint64_t journal_key_mix(const struct journal_key *);
/* "0f3a...:2" in text, for other files that refer to it. */
void journal_key_add_text(struct buf *, const struct journal_key *);

enum journal_state {
	JOURNAL_UNKNOWN, /* nothing, or it failed */
	JOURNAL_DONE,
	JOURNAL_BEGUN, /* it was sent; nobody knows what came of it */
};

struct index_entry {
	uint64_t hash;  /* journal_key_mix */
	uint64_t value; /* the record's offset, and flags */
};

struct index {
	struct hash_table table; /* of struct index_entry */
};

void index_init(struct index *);
void index_release(struct index *);
/* What the journal says of `key`; later words count. */
void index_set_begun(struct index *, const struct journal_key *);
void index_set_failed(struct index *, const struct journal_key *);
/* True: it takes the place of an earlier one. */
bool index_set_done(
    struct index *, const struct journal_key *, uint64_t offset);

/* Sets which occurrence of its kind `key` is in this run: the next one that
 * was not asked for. */
void index_take_occurrence(struct index *, struct journal_key *key);
/* Where its result stands, be it begun again since; 0: nowhere. */
uint64_t index_done_at(const struct index *, const struct journal_key *);
bool index_is_begun(const struct index *, const struct journal_key *);
/* *offset is set for JOURNAL_DONE only. */
enum journal_state index_find(
    const struct index *, const struct journal_key *, uint64_t *offset);

#endif
