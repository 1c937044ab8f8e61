/*
 * Sinks: what is written beside stdout while the run goes on, each to the
 * file that its option names; several at once. Here, on the loop, a record is
 * turned into bytes or rows; whatever may block is done on the writer's
 * thread. An error there is the run's (writer_fail).
 *
 * SINKS(X) of format/options.h names them; each is a file
 * sink/sink_NAME.c with its row of functions.
 */
#ifndef GATHER_SINK_SINK_H
#define GATHER_SINK_SINK_H

#include <stdint.h>

#include "format/format.h"
#include "format/options.h"
#include "writer/writer.h"

/* All borrowed, and outliving the sink. */
struct sink_setup {
	const struct output_options *options;
	struct writer *writer;
	int64_t start_wall_us; /* of the run, since 1970 */
	const char *journal;   /* which one it keeps, as text; NULL: none */
};

/* `self` is what open returned. */
struct sink_kind {
	/* Before anything is fetched, so this may block. NULL with *cause
	 * (caller frees), the option named. */
	void *(*open)(
	    const struct sink_setup *, const char *file, char **cause);
	/* Add a result that is final, and its exchanges (struct exchanges). */
	void (*add)(void *self, const struct record *);
	/* Add the exchanges only, of a request that has no result on stdout:
	 * others followed on it, or it brought no news. They went over the
	 * wire all the same. */
	void (*add_exchanges)(void *self, const struct record *);
	/* To the writer with what was gathered; NULL: nothing ever is. */
	void (*flush)(void *self);
	/* No more comes: finish the file, then free. */
	void (*close)(void *self);
	/* The run does not take place: leave nothing behind, free. */
	void (*abort)(void *self);
};

/* What may stay gathered without a flush. */
#define SINKS_GATHER_US INT64_C(250000)

struct sinks;

/* All that the options name: one at least. NULL with *cause: one of them
 * cannot be opened. */
struct sinks *sinks_open(const struct sink_setup *, char **cause);
void sinks_add(struct sinks *, const struct record *);
void sinks_add_exchanges(struct sinks *, const struct record *);
void sinks_flush(struct sinks *);
/* NULL is fine. What it submits is done before the writer is closed. */
void sinks_close(struct sinks *);

#endif
