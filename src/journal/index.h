/*
 * Where a journal holds what: 16 bytes for each request that is in it or
 * that this run has asked for.
 */
#ifndef GATHER_JOURNAL_INDEX_H
#define GATHER_JOURNAL_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "journal/key.h"

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
void index_count(struct index *, struct journal_key *key);
/* Where its result stands, be it begun again since; 0: nowhere. */
uint64_t index_done_at(const struct index *, const struct journal_key *);
bool index_is_begun(const struct index *, const struct journal_key *);
/* *offset is set for JOURNAL_DONE only. */
enum journal_state index_find(
    const struct index *, const struct journal_key *, uint64_t *offset);

#endif
