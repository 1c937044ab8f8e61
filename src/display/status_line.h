/*
 * A line at the cursor that comes and goes: drawn over itself, wiped before
 * anything else is written. Safe where a second thread writes to the same
 * terminal: it announces itself, and while it writes nothing is drawn.
 */
#ifndef GATHER_DISPLAY_STATUS_LINE_H
#define GATHER_DISPLAY_STATUS_LINE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct status_line {
	int fd;
	pthread_mutex_t lock;
	size_t columns;   /* of what stands there; 0: nothing */
	bool interrupted; /* others left the cursor inside a line */
};

/* `fd` is borrowed, a terminal. */
void status_line_init(struct status_line *, int fd);
/* Wipes it first. */
void status_line_release(struct status_line *);

/* What is to stand there: `text` takes `columns`, fewer than the terminal
 * has. Nothing is drawn where the line is not ours now. */
struct status_text {
	const char *text;
	size_t len;
	size_t columns;
};
void status_line_draw(struct status_line *, const struct status_text *);
void status_line_wipe(struct status_line *);
/* A message follows: what stands there is wiped, and the line that others
 * have left the cursor in is ended. `arg` is the line: for log_set_wipe. */
void status_line_begin_message(void *arg);

/* Others write to the terminal: wiped before, not drawn until after. `last`
 * is the last byte they wrote. */
void status_line_begin_other(void *arg);
void status_line_end_other(void *arg, char last);

#endif
