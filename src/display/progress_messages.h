/* How far a command is, as a message: every so often (--progress), where no
 * progress line is drawn, and on SIGUSR1 always. */
#ifndef GATHER_DISPLAY_PROGRESS_MESSAGES_H
#define GATHER_DISPLAY_PROGRESS_MESSAGES_H

#include <stdint.h>

#include <event2/event_struct.h>

#include "display/progress.h"

struct progress_messages {
	/* Set by the caller before it is opened. What the figures point at is
	 * used at once. */
	struct progress_figures (*figures)(void *arg);
	void *arg;
	struct event every;
	struct event asked;
};

/* Print them from now on, each `every_us`; 0: only when asked. */
void progress_messages_open(
    struct progress_messages *, struct event_base *, int64_t every_us);
void progress_messages_close(struct progress_messages *);

#endif
