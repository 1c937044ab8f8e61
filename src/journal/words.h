/*
 * Numbers and texts as bytes: a number takes a byte for each 7 bits, a text
 * its length and then itself. Reading checks every step: what does not fit
 * turns `bad` and gives zeros from then on.
 */
#ifndef GATHER_JOURNAL_WORDS_H
#define GATHER_JOURNAL_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

void words_add_number(struct buf *, uint64_t n);
/* Small for small ones, be they negative. */
void words_add_signed(struct buf *, int64_t n);
/* NULL stays NULL. */
void words_add_text(struct buf *, const char *text);

struct words {
	const char *at;
	const char *end;
	bool bad;
};

uint64_t words_number(struct words *);
int64_t words_signed(struct words *);
/* A copy; caller frees. */
char *words_text(struct words *);
/* The next `len` bytes; NULL if there are fewer. */
const char *words_bytes(struct words *, size_t len);

#endif
