/*
 * All levels come together in write_line(), which redacts the text and makes it
 * harmless, and in write_lines(), which writes it at once.
 */
#include "config.h"

#include "process/log.h"

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
	void (*wipe)(void *);
	void *arg;
} state = {.level = LOG_NORMAL};

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
	state.wipe = wipe;
	state.arg = arg;
}

/* Write all lines at once, so that those of several processes do not mix. */
static void
write_lines(const struct buf *text)
{
	size_t done = 0;

	if (state.wipe)
		state.wipe(state.arg);
	while (done < text->len) {
		ssize_t n =
		    write(STDERR_FILENO, text->data + done, text->len - done);

		if (n <= 0)
			return; /* nobody left to tell */
		done += (size_t)n;
	}
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
