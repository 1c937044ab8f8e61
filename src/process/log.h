/*
 * Diagnostics on stderr. A message is one line "gather: ..."; what it quotes
 * from servers, lists or arguments is made harmless before it is written
 * (utf8_add_safe), and secrets in it are hidden (redact.h), so callers format
 * freely with %s. A URL that may be bad, and hold blanks, they redact before:
 * here nobody knows any more where it ends.
 *
 * While something transient stands on the terminal (the progress line), its
 * owner registers how to wipe it before a message appears.
 */
#ifndef GATHER_PROCESS_LOG_H
#define GATHER_PROCESS_LOG_H

#include "base/buf.h"

enum log_level {
	LOG_SILENT,  /* -s: nothing */
	LOG_ERRORS,  /* -s -S: errors only */
	LOG_NORMAL,  /* errors, warnings, notes: the default */
	LOG_VERBOSE, /* -v: and what happens on the wire */
};

/* The one global of the program, set once by main. */
void log_set_level(enum log_level);
enum log_level log_get_level(void);
/* `wipe(arg)` is called before each line; NULL: nothing to wipe. */
void log_set_wipe(void (*wipe)(void *), void *arg);

/* Something failed: shown from LOG_ERRORS on. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Worth knowing: shown from LOG_NORMAL on. */
void log_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The user has asked for it, or nothing is done without it: shown even with
 * -s. */
void log_answer(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A picture of text: whole lines, harmless already, written as they are. */
void log_picture(const struct buf *);
/* Shown with -v. */
void log_verbose(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
