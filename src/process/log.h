/*
 * Diagnostics on stderr. A message is one line "gather: ...". What it quotes
 * from servers, lists or arguments is made harmless before it is written
 * (utf8_add_safe), and secrets in it are hidden (redact.h), so callers format
 * freely with %s. Only a URL that may be bad, and contain blanks, must be
 * redacted by the caller: in the message nobody can see where it ends.
 *
 * While something transient stands on the terminal (the progress line), its
 * owner registers how to wipe it before a message appears.
 *
 * Any thread may print: messages wait for each other, and a line is whole. The
 * level is set before there is a second thread.
 */
#ifndef GATHER_PROCESS_LOG_H
#define GATHER_PROCESS_LOG_H

#include <stdbool.h>

#include "base/buf.h"

enum log_level {
	LOG_SILENT,  /* -s: nothing */
	LOG_ERRORS,  /* -s -S: errors only */
	LOG_NORMAL,  /* errors, warnings, notes: the default */
	LOG_VERBOSE, /* -v: and what happens on the wire */
};

/* Set the level, the one global of the program; once, when the options are
 * known.
 */
void log_set_level(enum log_level);
enum log_level log_get_level(void);
/* Have `wipe(arg)` called before each message; NULL: there is nothing to wipe.
 */
void log_set_wipe(void (*wipe)(void *), void *arg);
/* Keep the messages of other threads away until log_let_go: something else is
 * to be written where they would appear. The caller prints none meanwhile.
 * False: one is being written just now. */
bool log_try_hold(void);
void log_let_go(void);

/* Print that something failed; from LOG_ERRORS on. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Print a warning or a note; from LOG_NORMAL on. */
void log_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Print what the user has asked for, or why nothing is done; even with -s. */
void log_answer(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Write a picture of text as it is: whole lines, which are harmless already. */
void log_picture(const struct buf *);
/* Print a detail; with -v. */
void log_verbose(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Print what happens to one request, with -v: "[3] > GET / HTTP/1.1". `tag`,
 * "3", says to which, in place of the program's name. */
void log_trace(const char *tag, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
