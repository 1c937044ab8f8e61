/*
 * The loop only tries the lock: the thread that holds it may be stuck in a
 * write to a terminal that is stopped (Ctrl-S), and the loop must go on. Who
 * holds the lock has wiped the line.
 */
#include "config.h"

#include "display/status_line.h"

#include <stdint.h>
#include <unistd.h>

#include "base/buf.h"
#include "display/terminal.h"
#include "process/log.h"

void
status_line_init(struct status_line *s, int fd)
{
	*s = (struct status_line){.fd = fd};
	pthread_mutex_init(&s->lock, NULL);
}

/* Errors are ignored: it is only a status line. */
static void
put(const struct status_line *s, const char *text, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(s->fd, text + done, len - done);

		if (n <= 0)
			return;
		done += (size_t)n;
	}
}

/* Append what moves the cursor to where the line began. A terminal that was
 * narrowed since has folded the line: then it goes up again by as many lines.
 */
static void
add_return(const struct status_line *s, struct buf *out)
{
	unsigned width = terminal_width(s->fd);
	size_t folds = s->columns ? (s->columns - 1) / width : 0;

	if (folds)
		buf_addf(out, "\033[%zuA", folds);
	buf_addc(out, '\r');
	if (folds)
		buf_adds(out, "\033[J");
}

/* Wipe what stands there. With the lock held. */
static void
wipe(struct status_line *s)
{
	struct buf out;

	if (!s->columns)
		return;
	buf_init(&out);
	add_return(s, &out);
	buf_adds(&out, "\033[K");
	put(s, out.data, out.len);
	buf_release(&out);
	s->columns = 0;
}

void
status_line_release(struct status_line *s)
{
	status_line_wipe(s);
	pthread_mutex_destroy(&s->lock);
}

/* With the lock held. */
static void
draw(struct status_line *s, const struct status_text *text)
{
	struct buf out;

	if (s->interrupted)
		return;
	buf_init(&out);
	add_return(s, &out);
	buf_add(&out, text->text, text->len);
	buf_adds(&out, "\033[K");
	put(s, out.data, out.len);
	buf_release(&out);
	s->columns = text->columns;
}

void
status_line_draw(struct status_line *s, const struct status_text *text)
{
	/* A message wipes the line before it is written: nothing may be drawn
	 * in between. */
	if (!log_try_hold())
		return;
	if (pthread_mutex_trylock(&s->lock) == 0) {
		draw(s, text);
		pthread_mutex_unlock(&s->lock);
	}
	log_let_go();
}

void
status_line_wipe(struct status_line *s)
{
	if (pthread_mutex_trylock(&s->lock))
		return;
	wipe(s);
	pthread_mutex_unlock(&s->lock);
}

void
status_line_begin_message(void *arg)
{
	struct status_line *s = arg;

	if (pthread_mutex_trylock(&s->lock))
		return;
	wipe(s);
	if (s->interrupted)
		put(s, "\n", 1);
	s->interrupted = false;
	pthread_mutex_unlock(&s->lock);
}

void
status_line_begin_other(void *arg)
{
	struct status_line *s = arg;

	pthread_mutex_lock(&s->lock);
	wipe(s);
}

void
status_line_end_other(void *arg, char last)
{
	struct status_line *s = arg;

	s->interrupted = last != '\n';
	pthread_mutex_unlock(&s->lock);
}
