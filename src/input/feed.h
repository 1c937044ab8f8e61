/*
 * A feed: where the requests of a run come from, whatever that is; and who
 * wants to know what becomes of them.
 */
#ifndef GATHER_INPUT_FEED_H
#define GATHER_INPUT_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "input/source.h"
#include "request/names.h"
#include "request/request.h"
#include "request/resend.h"

/* What became of an input. */
enum input_fate {
	INPUT_DONE,       /* all its results are final, and written as far as
	                   * this process writes them */
	INPUT_GIVEN_BACK, /* the run was stopped; it may be fetched anew */
	INPUT_LEFT        /* its results could not be written, and it must not
	                   * be fetched anew: it stays as it is */
};

/* The end of an input. */
struct input_end {
	uint64_t n;
	enum input_fate fate;
	bool failed; /* at least one of its results is a failure */
	/* Its records, in the order in which they were done; empty unless the
	 * ledger keeps records and the input is done. May be moved out. */
	struct buf records;
};

/*
 * A ledger: who keeps account of the inputs of a feed beyond the run that
 * fetches them, and has to know what becomes of each. The queue that several
 * machines work on is one.
 *
 * An input is known by its number (request->n), which no other one has as long
 * as this one is open. It is open from the moment the feed hands out its
 * request until `end` is called, once. All that follows on its answer, pages
 * and children, belongs to it.
 *
 * All functions are called on the loop's thread.
 */
struct feed_ledger {
	/* The run exists: from now on `wake(run)` has it look whether there is
	 * something to do. */
	void (*attach)(void *arg, void (*wake)(void *run), void *run);
	/* A request that must not be sent twice is to be sent: wait->go is
	 * called when that is noted. */
	void (*begin)(
	    void *arg, const struct request *, struct send_wait *wait);
	/* An input is over. */
	void (*end)(void *arg, struct input_end *);
	/* May something start? Not while too much waits to be taken. */
	bool (*has_room)(void *arg);
	/* Append how far all are who work for it, in words. */
	void (*add_state)(void *arg, struct buf *out);
	/* Records go to the ledger and not to stdout. */
	bool keeps_records;
	void *arg;
};

/* Bytes that the records of one input may have together where the ledger keeps
 * them; beyond that it has failed (class `size`). */
#define LEDGER_INPUT_MAX ((size_t)64 << 20)

/*
 * Where a run's requests come from: a source that reads lists, or the list
 * that a comparison has read before.
 */
struct feed {
	/* The next request, as source_next says; it is borrowed until it is
	 * given back. */
	enum source_status (*next)(void *arg, struct request **out);
	void (*give_back)(void *arg, struct request *);
	/* After SOURCE_WAIT: the descriptor to watch, and what to call when it
	 * is readable, before `next` is called again. */
	int (*fd)(void *arg);
	void (*fill)(void *arg);
	/* Where the first request stands that was not read, in words (caller
	 * frees); NULL: all were read. */
	char *(*position)(void *arg);
	/* Why there was no request, in words (caller frees); NULL, and so the
	 * function may be: the input was empty. */
	char *(*why_empty)(void *arg);
	int64_t total;                    /* number of requests; -1: unknown */
	struct names names;               /* what templates may name */
	const struct feed_ledger *ledger; /* NULL: nobody keeps account */
	void *arg;
};

/* A feed that reads from `source`, which is borrowed. */
struct feed feed_from_source(struct source *);

#endif
