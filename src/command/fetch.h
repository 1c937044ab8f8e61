/*
 * Fetching to stdout, for all commands that do: a run with its pictures, its
 * summary and the messages at its end.
 */
#ifndef GATHER_COMMAND_FETCH_H
#define GATHER_COMMAND_FETCH_H

#include "cli/options.h"
#include "input/feed.h"
#include "run/run.h"

struct event_base;

/* Who has a part in the life of the run; each may be NULL. */
struct fetch_watcher {
	/* The run is made, and begins. */
	void (*begins)(void *arg, struct run *);
	/* The run is over, and all is written that it will write; nothing was
	 * said about it so far, and a signal was not passed on. */
	void (*is_over)(void *arg, const struct run_outcome *);
	/* Returns the exit status in the place of `status`. */
	int (*status)(void *arg, const struct run_outcome *outcome, int status);
	void *arg;
};

/* Fetch all of `feed` to stdout. Returns the exit status. */
int fetch_feed(const struct options *, struct feed feed, struct event_base *,
    const struct fetch_watcher *);

#endif
