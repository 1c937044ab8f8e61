#include "config.h"

#include "writer/writer_private.h"

#include <errno.h>
#include <fcntl.h>
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
	WAITS_MAX = 1000,      /* of 10 ms, for a descriptor */
	FOR_OTHERS = 6,        /* descriptors: a connection's and a lookup's */
	LOOP_WAITS_MS = 10000, /* for a reader */
	LINGER_US = 5000
};

/* The pipe is as good as an eventfd: when it is full, the loop has been
 * told already. */
static void
wake_loop(struct writer *w)
{
	ssize_t n = write(w->wake[1], "", 1);

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

/* stdout may have been made non-blocking by whoever shares it with us. A loop
 * that does the thread's work has others to serve: 0 if it waited too long. */
static int
await_writable(const struct writer *w)
{
	struct pollfd p = {.fd = w->out_fd, .events = POLLOUT};
	int rc;

	do
		rc = poll(&p, 1, w->on_loop ? LOOP_WAITS_MS : -1);
	while (rc < 0 && errno == EINTR);
	return rc;
}

/* What stdout takes in one piece. */
static ssize_t
put_piece(const struct writer *w, const char *data, size_t len)
{
	size_t most = w->on_loop ? WRITER_AT_ONCE : BATCH_SIZE;

	if (w->on_loop && await_writable(w) == 0) {
		errno = ETIMEDOUT;
		return -1;
	}
	return write(w->out_fd, data, len < most ? len : most);
}

static void
put(struct writer *w, const char *data, size_t len)
{
	while (len && !atomic_load(&w->stdout_failed)) {
		ssize_t n = put_piece(w, data, len);

		if (n >= 0) {
			data += n;
			len -= (size_t)n;
			atomic_fetch_add(&w->progress, 1);
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			await_writable(w);
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
	terminal_filter_add(&w->shown, data, len, &w->screen_text);
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

static void
set_lack(struct writer *w, bool lacks)
{
	if (atomic_exchange(&w->lacks_descriptor, lacks) != lacks)
		wake_loop(w);
}

bool
writer_find_descriptor(struct writer *w)
{
	static const struct timespec moment = {0, 10 * 1000 * 1000};

	if (w->spare_fd >= 0) {
		close(w->spare_fd);
		w->spare_fd = -1;
		return true;
	}
	if (w->on_loop) /* nobody else can give one back */
		return false;
	set_lack(w, true);
	nanosleep(&moment, NULL);
	return w->waits++ < WAITS_MAX;
}

/* Are there so many more? */
static bool
are_free(int fd, int more)
{
	int another = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	bool enough;

	if (another < 0)
		return false;
	enough = more <= 1 || are_free(fd, more - 1);
	close(another);
	return enough;
}

/* Not the last ones, which a connection needs. */
void
writer_spare_descriptor(struct writer *w)
{
	int fd;

	w->waits = 0;
	set_lack(w, false);
	if (w->spare_fd >= 0)
		return;
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && !are_free(fd, FOR_OTHERS))
		close(fd);
	else
		w->spare_fd = fd;
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
	terminal_filter_end(&w->shown, &w->screen_text);
	put_shown(w);
	return NULL;
}
