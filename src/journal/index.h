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
	uint64_t hash;       /* of all that the request is known by */
	uint32_t check;      /* CRC-32 of the same, against collisions */
	uint64_t occurrence; /* among equal requests of a run, from 0 */
};

/* The key of a request that is to be sent and must be valid, as the first of
 * its kind. A body or form that is a file counts by the file's name. */
struct journal_key journal_key_of(const struct request *);
/* The key of a request that is not to be sent, valid or not. It is never that
 * of one that is. */
struct journal_key journal_key_of_unsent(const struct request *);
/* The key of a part of what is known by `whole` (journal_key_mix); NULL: of the
 * whole itself. */
struct journal_key journal_key_of_part(
    uint64_t whole, const char *text, size_t len);
/* 64 bits that stand for all of the key; never 0. */
uint64_t journal_key_mix(const struct journal_key *);
/* Append the key as text, "0f3a...:2", for other files that refer to it. */
void journal_key_add_text(struct buf *, const struct journal_key *);

enum journal_state {
	JOURNAL_UNKNOWN, /* nothing is known, or it failed */
	JOURNAL_DONE,    /* its result is there */
	JOURNAL_BEGUN,   /* it was sent; nobody knows what came of it */
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
/* A record of the journal says that the request is sent, or that it has failed.
 * The last one counts. */
void index_set_begun(struct index *, const struct journal_key *);
void index_set_failed(struct index *, const struct journal_key *);
/* A record at `offset` holds its result. Returns true if it replaces an earlier
 * one. */
bool index_set_done(
    struct index *, const struct journal_key *, uint64_t offset);

/* Set key->occurrence: the lowest one of its kind that this run has not taken
 * so far. */
void index_take_occurrence(struct index *, struct journal_key *key);
/* Where the result of `key` stands, even if it was begun again since; 0:
 * nowhere. */
uint64_t index_done_at(const struct index *, const struct journal_key *);
/* Is a record that it is sent the last one of `key`? */
bool index_is_begun(const struct index *, const struct journal_key *);
/* What is known of `key`; *offset is set for JOURNAL_DONE only. */
enum journal_state index_find(
    const struct index *, const struct journal_key *, uint64_t *offset);

#endif
