/*
 * A journal: what is done, so that a run that was cut short, killed even, is
 * taken up where it stood (gather(1), JOURNAL).
 *
 * It is a file that grows, and is compacted where it is opened: one line that
 * says what it is, then frames (frame.h) with records (record.h). Here it is
 * opened and read; what is to be added is put into buffers, which the caller
 * writes, in order, to the descriptor.
 */
#ifndef GATHER_JOURNAL_JOURNAL_H
#define GATHER_JOURNAL_JOURNAL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/strlist.h"
#include "journal/index.h"
#include "journal/record.h"
#include "request/result.h"

struct journal;

enum journal_use {
	JOURNAL_TO_KEEP, /* by one run at a time */
	JOURNAL_TO_READ, /* leave it as it is, be it not there */
};

/* Borrowed until journal_open returns. */
struct journal_setup {
	const char *file;
	enum journal_use use;
	/* What shapes the results, as "name=value" in a fixed order; what is
	 * not said is not in it. */
	const struct strlist *options;
};

/*
 * Open it, or make it; keep others out; look through all of it. A last record
 * that is torn is cut off, with a note. NULL with *cause (caller frees): it is
 * something else, is damaged, is in use, or was made with other options.
 */
struct journal *journal_open(const struct journal_setup *, char **cause);
void journal_free(struct journal *);
/* Its name. Borrowed. */
const char *journal_file(const struct journal *);
/* What tells it from others and stays as it is: its salt, as text. Borrowed. */
const char *journal_id(const struct journal *);
/* To append to and to fdatasync(2). */
int journal_fd(const struct journal *);

/* What is known of the request with `key`, whose occurrence is set: once for
 * each request of a run, in the order of the input. */
enum journal_state journal_ask(struct journal *, struct journal_key *key);
/*
 * The result of one that is JOURNAL_DONE; `note` is initialised. -1: it can't
 * be read any more, and nothing is set.
 */
int journal_read(struct journal *, const struct journal_key *, struct result *,
    struct journal_note *note);

/* One of many that follow on an input, which is the family: journal_key_of_part
 * says which. */
struct journal_numbered {
	struct journal_key key;
	uint64_t family;
};
/*
 * Its number: the same as in earlier runs, or the next one behind *last that
 * none of them gave; then *last is moved, and what is to be written appended to
 * `out`. Once for each in a run.
 */
uint64_t journal_number(struct journal *, const struct journal_numbered *,
    uint64_t *last, struct buf *out);

/* Append to `out` what is to be written: before it is sent, if it must not be
 * repeated unasked; ... */
void journal_add_begun(
    const struct journal *, const struct journal_key *, struct buf *out);
/* ... where that failed in a way that allows to repeat it; */
void journal_add_failed(
    const struct journal *, const struct journal_key *, struct buf *out);
/*
 * ... and its result. `body_len` bytes of body, and then frame_end, must
 * follow. Returns the checksum so far (frame_sum).
 */
struct journal_done {
	struct journal_key key;
	const struct result *result;
	struct journal_note note;
	uint64_t body_len;
};
uint32_t journal_add_done(
    const struct journal *, const struct journal_done *, struct buf *out);

#endif
