/* How far a command of a queue is: a line on a terminal while it lasts, a
 * message every so often (--progress), or one on SIGUSR1. */
#ifndef GATHER_COMMAND_QUEUE_PROGRESS_H
#define GATHER_COMMAND_QUEUE_PROGRESS_H

#include "display/progress.h"
#include "run/options.h"
#include "writer/writer.h"

struct event_base;
struct queue_progress;

/* Draw a line from now on, if stderr is a terminal and the options want one;
 * else there are messages only, if they are wanted. `ask` fills in what has
 * changed; the rate and the elapsed time are computed here. */
struct queue_progress *queue_progress_new(struct event_base *,
    const struct progress_options *,
    void (*ask)(void *arg, struct progress_figures *), void *arg);
/* Make way for a writer whose stdout is a terminal, too. */
void queue_progress_share(struct queue_progress *, struct writer *);
/* Wipe the line. NULL is fine. */
void queue_progress_free(struct queue_progress *);

#endif
