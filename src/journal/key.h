/*
 * What a request is known by from run to run: method, URL, body and headers,
 * but nothing that is a credential, so that a new token finds the old
 * results; and which of several equal ones it is, so that an edited or
 * reordered list finds them, too. The key holds hashes, no text.
 */
#ifndef GATHER_JOURNAL_KEY_H
#define GATHER_JOURNAL_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
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

#endif
