/*
 * A journal on its way to the disk: what the loop has for it is gathered for a
 * turn of the loop, then written by the writer's thread, and synced once a
 * second. So a crash of the system loses a second at most, that of the program
 * a turn. If it cannot be written, the run ends (writer_fail).
 *
 * All functions are called on the loop.
 */
#ifndef GATHER_JOURNAL_JOURNAL_WRITER_H
#define GATHER_JOURNAL_JOURNAL_WRITER_H

#include "journal/journal.h"
#include "request/resend.h"
#include "request/result.h"
#include "writer/writer.h"

struct event_base;
struct journal_writer;

/* All three are borrowed and must outlive it. */
struct journal_writer *journal_writer_new(
    struct journal *, struct writer *, struct event_base *);
/* The writer's thread must have ended. NULL is fine. */
void journal_writer_free(struct journal_writer *);

/* Note that the request is sent; `wait->go` is called once that is written. */
void journal_writer_begin(struct journal_writer *, const struct journal_key *,
    struct send_wait *wait);
/* Note that such a request failed in a way that allows to repeat it. */
void journal_writer_failed(struct journal_writer *, const struct journal_key *);
/* Returns the number of a request, as journal_number, and notes it. */
uint64_t journal_writer_number(
    struct journal_writer *, const struct journal_numbered *, uint64_t *last);
/* Note a result, with `body`, which is not changed, or without (NULL). Sets
 * done->body_len. */
void journal_writer_done(
    struct journal_writer *, struct journal_done *, struct body *body);
/* Hand what was gathered to the writer. Once per turn of the loop. */
void journal_writer_flush(struct journal_writer *);
/* No more comes: all is written and synced before the writer ends. */
void journal_writer_finish(struct journal_writer *);

#endif
