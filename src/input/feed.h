/*
 * A feed: where the requests of a run come from, whatever that is.
 */
#ifndef GATHER_INPUT_FEED_H
#define GATHER_INPUT_FEED_H

#include <stdint.h>

#include "input/ledger.h"
#include "input/source.h"
#include "request/names.h"
#include "request/request.h"

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
	int64_t total;                    /* number of requests; -1: unknown */
	struct names names;               /* what templates may name */
	const struct feed_ledger *ledger; /* NULL: nobody keeps account */
	void *arg;
};

/* A feed that reads from `source`, which is borrowed. */
struct feed feed_from_source(struct source *);

#endif
