#include "config.h"

#include "output/writer_private.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/xalloc.h"

enum {
	SPARES_MAX = 4,
	SPARE_CAP_MAX = 4 * BATCH_SIZE,
	LINGER_US = 5000
};

/* The pipe is as good as an eventfd: when it is full, the loop has been
 * told already. Without a thread it is the loop that does the work. */
static void
wake_loop(struct writer *w)
{
	ssize_t n = w->wake[1] < 0 ? 0 : write(w->wake[1], "", 1);

	(void)n;
}

void
writer_set_error(struct writer *w, int os_errno, char *text)
{
	pthread_mutex_lock(&w->lock);
	if (w->error_text) {
		free(text);
	} else {
		w->error_text = text;
		w->error_errno = os_errno;
		atomic_store(&w->failed, true);
	}
	pthread_mutex_unlock(&w->lock);
	wake_loop(w);
}

__attribute__((format(printf, 3, 0))) static void
fail(struct writer *w, int os_errno, const char *fmt, va_list ap)
{
	char line[1024];

	vsnprintf(line, sizeof(line), fmt, ap);
	writer_set_error(w, os_errno, xstrdup(line));
}

void
writer_fail(struct writer *w, int os_errno, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fail(w, os_errno, fmt, ap);
	va_end(ap);
}

void
writer_fail_stdout(struct writer *w, int os_errno, const char *fmt, ...)
{
	va_list ap;

	atomic_store(&w->stdout_failed, true);
	va_start(ap, fmt);
	fail(w, os_errno, fmt, ap);
	va_end(ap);
}

/* stdout may have been made non-blocking by whoever shares it with us. */
static void
await_writable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		;
}

static void
put(struct writer *w, const char *data, size_t len)
{
	while (len && !atomic_load(&w->stdout_failed)) {
		size_t piece = len < BATCH_SIZE ? len : BATCH_SIZE;
		ssize_t n = write(w->out_fd, data, piece);

		if (n >= 0) {
			data += n;
			len -= (size_t)n;
			atomic_fetch_add(&w->progress, 1);
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			await_writable(w->out_fd);
		} else if (errno != EINTR) {
			writer_fail_stdout(w, errno,
			    "cannot write to stdout: %s", strerror(errno));
		}
	}
	w->quiet_until = clock_now_us() + LINGER_US;
}

static void
put_on_screen(struct writer *w, const char *data, size_t len)
{
	const struct writer_screen *screen = len ? w->screen : NULL;

	if (screen)
		screen->begin(screen->arg);
	put(w, data, len);
	if (screen)
		screen->end(screen->arg, data[len - 1]);
}

static void
put_shown(struct writer *w)
{
	put_on_screen(w, w->screen_text.data, w->screen_text.len);
	buf_clear(&w->screen_text);
}

void
writer_put(struct writer *w, const char *data, size_t len)
{
	if (!w->terminal || w->as_it_is) {
		put_on_screen(w, data, len);
		return;
	}
	shown_add(&w->shown, data, len, &w->screen_text);
	put_shown(w);
}

void
writer_write_batch(struct writer_task *t, struct writer *w)
{
	struct batch *b = batch_of(t);

	writer_put(w, b->bytes.data, b->bytes.len);
	pthread_mutex_lock(&w->lock);
	if (w->spares_len < SPARES_MAX && b->bytes.cap <= SPARE_CAP_MAX) {
		buf_clear(&b->bytes);
		list_push_back(&w->spares, &t->link);
		w->spares_len++;
		b = NULL;
	}
	pthread_mutex_unlock(&w->lock);
	if (!b)
		return;
	buf_release(&b->bytes);
	free(b);
}

/* Is there nothing but one batch, to which more could be added? */
bool
writer_worth_waiting(const struct writer *w)
{
	struct list *first = w->queue.next;

	return !w->terminal && !w->closing && first->next == &w->queue &&
	       task_of(first)->perform == writer_write_batch &&
	       batch_of(task_of(first))->bytes.len < BATCH_SIZE;
}

static void
wait_until(struct writer *w, int64_t when_us)
{
	struct timespec ts = {
	    .tv_sec = (time_t)(when_us / CLOCK_SECOND),
	    .tv_nsec = (long)(when_us % CLOCK_SECOND) * 1000,
	};

	w->waiting = WAITING_BATCH;
	pthread_cond_timedwait(&w->more, &w->lock, &ts);
	w->waiting = WAITING_NO;
}

/* The next task, with the lock held; NULL: closed, and nothing is left. */
static struct writer_task *
next_task(struct writer *w)
{
	for (;;) {
		if (list_empty(&w->queue)) {
			if (w->closing)
				return NULL;
			w->waiting = WAITING_WORK;
			pthread_cond_wait(&w->more, &w->lock);
			w->waiting = WAITING_NO;
		} else if (writer_worth_waiting(w) &&
		           clock_now_us() < w->quiet_until) {
			wait_until(w, w->quiet_until);
		} else {
			return task_of(list_pop_front(&w->queue));
		}
	}
}

/* Count down; the loop is told when it may admit again. */
static void
settle(struct writer *w, size_t bytes)
{
	size_t before = atomic_fetch_sub(&w->pending, bytes);

	if (before >= WRITER_STDOUT_MAX / 2 &&
	    before - bytes < WRITER_STDOUT_MAX / 2)
		wake_loop(w);
}

void
writer_perform(struct writer *w, struct writer_task *t)
{
	size_t bytes = t->bytes;
	bool reap = t->done != NULL;

	t->perform(t, w);
	if (reap) {
		pthread_mutex_lock(&w->lock);
		list_push_back(&w->reap, &t->link);
		pthread_mutex_unlock(&w->lock);
		atomic_fetch_add(&w->progress, 1);
		wake_loop(w);
	}
	settle(w, bytes);
}

void *
writer_thread(void *arg)
{
	struct writer *w = arg;
	struct writer_task *t;

	pthread_mutex_lock(&w->lock);
	while ((t = next_task(w))) {
		pthread_mutex_unlock(&w->lock);
		writer_perform(w, t);
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	shown_end(&w->shown, &w->screen_text);
	put_shown(w);
	return NULL;
}
