/*
 * All levels come together in write_line(), which redacts the text and makes it
 * harmless, and in write_lines(), which writes it at once.
 */
#include "config.h"

#include "process/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "redact/redact.h"
#include "text/utf8.h"

/* What log_set_level and log_set_wipe have set. */
static struct {
	enum log_level level;
	pthread_mutex_t lock; /* while lines are written; of what follows */
	void (*wipe)(void *);
	void *arg;
} state = {.level = LOG_NORMAL, .lock = PTHREAD_MUTEX_INITIALIZER};

void
log_set_level(enum log_level level)
{
	state.level = level;
}

enum log_level
log_get_level(void)
{
	return state.level;
}

void
log_set_wipe(void (*wipe)(void *), void *arg)
{
	pthread_mutex_lock(&state.lock);
	state.wipe = wipe;
	state.arg = arg;
	pthread_mutex_unlock(&state.lock);
}

bool
log_try_hold(void)
{
	return pthread_mutex_trylock(&state.lock) == 0;
}

void
log_let_go(void)
{
	pthread_mutex_unlock(&state.lock);
}

static void
write_all(const char *text, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(STDERR_FILENO, text + done, len - done);

		if (n <= 0)
			return; /* nobody left to tell */
		done += (size_t)n;
	}
}

/* Write all lines at once, so that those of several processes do not mix, and
 * with the lock, so that those of several threads do not either. */
static void
write_lines(const struct buf *text)
{
	pthread_mutex_lock(&state.lock);
	if (state.wipe)
		state.wipe(state.arg);
	write_all(text->data, text->len);
	pthread_mutex_unlock(&state.lock);
}

void
log_picture(const struct buf *text)
{
	write_lines(text);
}

/* Write a line that begins with `lead`: format it, hide its secrets, make it
 * harmless. */
__attribute__((format(printf, 2, 0))) static void
write_line(const char *lead, const char *fmt, va_list ap)
{
	struct buf line;
	va_list again;
	char *text, *shown;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (len < 0)
		return;
	text = xmalloc((size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, fmt, ap);
	buf_init(&line);
	buf_adds(&line, lead);
	shown = redacted(REDACT_TEXT, text);
	utf8_add_safe(&line, shown, strlen(shown));
	buf_addc(&line, '\n');
	write_lines(&line);
	buf_release(&line);
	free(shown);
	free(text);
}

/* Write a message of `level`. */
__attribute__((format(printf, 2, 0))) static void
log_line(enum log_level level, const char *fmt, va_list ap)
{
	if (state.level >= level)
		write_line("gather: ", fmt, ap);
}

void
log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_ERRORS, fmt, ap);
	va_end(ap);
}

void
log_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_NORMAL, fmt, ap);
	va_end(ap);
}

void
log_answer(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_SILENT, fmt, ap);
	va_end(ap);
}

void
log_verbose(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_VERBOSE, fmt, ap);
	va_end(ap);
}

void
log_trace(const char *tag, const char *fmt, ...)
{
	struct buf lead = {0};
	va_list ap;

	if (state.level < LOG_VERBOSE)
		return;
	buf_addf(&lead, "[%s] ", tag);
	va_start(ap, fmt);
	write_line(lead.data, fmt, ap);
	va_end(ap);
	buf_release(&lead);
}
