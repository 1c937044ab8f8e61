/*
 * Where a run's requests come from: a source that reads lists, or the list
 * that a comparison has read before.
 */
#ifndef GATHER_RUN_FEED_H
#define GATHER_RUN_FEED_H

#include "input/source.h"

struct feed {
	/* As source_next; the request is borrowed until `give_back`. */
	enum source_status (*next)(void *arg, struct request **out);
	void (*give_back)(void *arg, struct request *);
	/* Behind SOURCE_WAIT: what to watch, and what to do then. */
	int (*fd)(void *arg);
	void (*fill)(void *arg);
	/* The first request that was not read, for people; caller frees;
	 * NULL: all were. */
	char *(*position)(void *arg);
	int64_t total;      /* requests, -1 unknown */
	struct names names; /* what templates may name */
	void *arg;
};

/* `source` is borrowed. */
struct feed feed_from_source(struct source *);

#endif
