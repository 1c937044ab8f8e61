/*
 * A status line: a line at the cursor of a terminal that comes and goes. It is
 * drawn over itself, and wiped before anything else is written. One more thread
 * may write to the same terminal: it announces itself, and while it writes
 * nothing is drawn. Any thread may print a message (log.h).
 */
#ifndef GATHER_DISPLAY_STATUS_LINE_H
#define GATHER_DISPLAY_STATUS_LINE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct status_line {
	int fd;               /* of the terminal; borrowed */
	pthread_mutex_t lock; /* held while anything is written */
	size_t columns;       /* of what stands there; 0: nothing */
	bool interrupted;     /* others left the cursor inside a line */
};

/* `fd` is a terminal, and borrowed. Nothing is drawn so far. */
void status_line_init(struct status_line *, int fd);
/* Wipe the line. No thread may use it any more. */
void status_line_release(struct status_line *);

/* The text of a status line. */
struct status_text {
	const char *text; /* of `len` bytes, safe for a terminal */
	size_t len;
	size_t columns; /* that it takes: fewer than the terminal has */
};
/* Draw the line, unless somebody else writes to it, or has left the cursor
 * inside a line: then the next frame may. Does not wait for it. */
void status_line_draw(struct status_line *, const struct status_text *);
/* Wipe what stands there, unless another thread has done so. */
void status_line_wipe(struct status_line *);
/* A message follows: wipe what stands there, and end the line that others have
 * left the cursor in. `arg` is the status line (a callback of log_set_wipe). */
void status_line_begin_message(void *arg);

/* Another thread writes to the terminal between these two: the line is wiped
 * before, and not drawn until after. `arg` is the status line, `last` the last
 * byte that was written (callbacks of struct writer_screen). */
void status_line_begin_other(void *arg);
void status_line_end_other(void *arg, char last);

#endif
