/*
 * A journal on its way to the disk: what the loop has for it is gathered for
 * a turn, then written by the writer's thread, and synced once a second.
 * What cannot be written ends the run.
 */
#ifndef GATHER_JOURNAL_JOURNAL_WRITER_H
#define GATHER_JOURNAL_JOURNAL_WRITER_H

#include "base/list.h"
#include "journal/journal.h"
#include "request/result.h"
#include "writer/writer.h"

struct event_base;
struct journal_writer;

/* Embedded in what must not go on before the journal says that it does.
 * list_init(&link) makes it ready; list_remove withdraws it. */
struct journal_wait {
	struct list link;
	void (*go)(struct journal_wait *); /* on the loop */
};

/* Both are borrowed and outlive it. */
struct journal_writer *journal_writer_new(
    struct journal *, struct writer *, struct event_base *);
/* The writer's thread must have ended. NULL is fine. */
void journal_writer_free(struct journal_writer *);

/* `wait->go` is called once it is written. */
void journal_writer_begin(struct journal_writer *, const struct journal_key *,
    struct journal_wait *wait);
void journal_writer_failed(struct journal_writer *, const struct journal_key *);
/* journal_number, which see. */
uint64_t journal_writer_number(
    struct journal_writer *, const struct journal_numbered *, uint64_t *last);
/* With `body`, which is not changed, or without (NULL). */
void journal_writer_done(
    struct journal_writer *, struct journal_done *, struct body *body);
/* Hand over what was gathered; once per turn of the loop. */
void journal_writer_flush(struct journal_writer *);
/* No more comes: written and synced before the writer ends. */
void journal_writer_finish(struct journal_writer *);

#endif
