/*
 * A journal notes what is done, so that a run that was cut short, killed even,
 * is taken up where it stood (gather(1), JOURNAL).
 *
 * It is a file that grows, and is compacted when it is opened: one line that
 * says what it is, then frames (frame.h) with records (record.h). Here it is
 * opened and read; what is to be added is put into buffers, which the caller
 * writes, in order, to the descriptor (journal_writer.h does).
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
	JOURNAL_TO_READ, /* leave it as it is; it may be missing (--plan) */
};

/* Borrowed until journal_open returns. */
struct journal_setup {
	const char *file;
	enum journal_use use;
	/* The options that shape the results, as "name=value" in a fixed order,
	 * without those that are not given. */
	const struct strlist *options;
};

/*
 * Open the journal, or make it; keep other runs out; look through all of it. A
 * last record that is incomplete is cut off, with a note. Returns NULL with
 * *cause (caller frees) if the file is something else, is damaged, is in use,
 * or was made with other options.
 */
struct journal *journal_open(const struct journal_setup *, char **cause);
/* Close and unlock the file. NULL is fine. */
void journal_free(struct journal *);
/* The name of the file, as it was given. Borrowed. */
const char *journal_file(const struct journal *);
/* What tells this journal from all others, as long as it exists: its salt, as
 * text. Borrowed. */
const char *journal_id(const struct journal *);
/* The descriptor to append to and to fdatasync(2). */
int journal_fd(const struct journal *);

/* What is known of the request with `key`. Sets key->occurrence to the next one
 * of its kind, so it is to be called once for each request of a run, in the
 * order of the input. */
enum journal_state journal_ask(struct journal *, struct journal_key *key);
/*
 * Read the result of a request that is JOURNAL_DONE into `r`, and what stands
 * beside it into `note`; both are initialised, and the caller's to release.
 * Returns 0; or -1 if it cannot be read any more, and nothing is set.
 */
int journal_read(struct journal *, const struct journal_key *, struct result *,
    struct journal_note *note);

/* One of the requests that follow on an input. They are a family; the key says
 * which of them it is (journal_key_of_part). */
struct journal_numbered {
	struct journal_key key;
	uint64_t family;
};
/*
 * The number of that request within its family: the same as in earlier runs; or
 * the next one after *last that none of them gave, and then *last is moved, and
 * what is to be written appended to `out`. Once for each request of a run.
 */
uint64_t journal_number(struct journal *, const struct journal_numbered *,
    uint64_t *last, struct buf *out);

/* Append to `out` what is to be written before a request is sent that must not
 * be repeated unasked. */
void journal_add_begun(
    const struct journal *, const struct journal_key *, struct buf *out);
/* Append to `out` what is to be written when such a request has failed in a way
 * that allows to repeat it. */
void journal_add_failed(
    const struct journal *, const struct journal_key *, struct buf *out);
/* A request that is done. */
struct journal_done {
	struct journal_key key;
	const struct result *result;
	struct journal_note note;
	uint64_t body_len; /* bytes of body that are kept */
};
/*
 * Append to `out` what is to be written of it, all but the body: `body_len`
 * bytes of body, and then frame_end, must follow. Returns the checksum so far,
 * to be continued by frame_sum.
 */
uint32_t journal_add_done(
    const struct journal *, const struct journal_done *, struct buf *out);

#endif
