/*
 * Sinks: what is written beside stdout while the run goes on, each to the file
 * that its option names; several at once. Here, on the loop, a record is turned
 * into bytes or rows; whatever may block is done on the writer's thread. An
 * error there is the run's (writer_fail).
 *
 * SINKS(X) of format/options.h names them; each is a file sink/sink_NAME.c with
 * its row of functions.
 */
#ifndef GATHER_SINK_SINK_H
#define GATHER_SINK_SINK_H

#include <stdint.h>

#include "format/format.h"
#include "format/options.h"
#include "writer/writer.h"

/* What a sink is opened with; all of it is borrowed and outlives the sink. */
struct sink_setup {
	const struct output_options *options;
	struct writer *writer;
	int64_t start_wall_us; /* of the run, since 1970 */
	const char *journal;   /* names the journal of the run; NULL: none */
};

/* The functions of a sink; `self` is what open returned. */
struct sink_kind {
	/* Open the file. Called before anything is fetched, so it may block.
	 * NULL with *cause set (caller frees), which names the option. */
	void *(*open)(
	    const struct sink_setup *, const char *file, char **cause);
	/* Add a result that is final, and its exchanges (struct exchanges). */
	void (*add)(void *self, const struct record *);
	/* Add the exchanges only, of a request that has no result on stdout:
	 * others followed on it, or it brought no news. They went over the
	 * wire all the same. */
	void (*add_exchanges)(void *self, const struct record *);
	/* Hand what was gathered to the writer; NULL: nothing ever is. */
	void (*flush)(void *self);
	/* Finish the file, since no more comes, then free the sink. */
	void (*close)(void *self);
	/* Free the sink, and leave nothing behind: there will be no run. */
	void (*abort)(void *self);
};

/* How long records may stay gathered without a flush. */
#define SINKS_GATHER_US INT64_C(250000)

/* The open sinks of a run. */
struct sinks;

/* Open all that the options name, at least one. NULL with *cause set (caller
 * frees): one of them cannot be opened, and none is left open. */
struct sinks *sinks_open(const struct sink_setup *, char **cause);
/* Add a final result, with its exchanges, to every sink. */
void sinks_add(struct sinks *, const struct record *);
/* Add the exchanges of a request that has no result on stdout. */
void sinks_add_exchanges(struct sinks *, const struct record *);
/* Hand what was gathered to the writer. */
void sinks_flush(struct sinks *);
/* Finish every file, and free the sinks. NULL is fine. What that submits is
 * done before the writer is closed. */
void sinks_close(struct sinks *);

#endif
