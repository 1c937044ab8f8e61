#include "config.h"

#include "writer/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/xalloc.h"
#include "writer/writer_private.h"

enum {
	FINISH_MAX = WRITER_AT_ONCE
};

/* Starting the thread. */

static int
open_wake(struct writer *w)
{
	return pipe2(w->wake, O_CLOEXEC | O_NONBLOCK);
}

static int
create_thread(struct writer *w)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&w->thread, NULL, writer_thread, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static void
tell_why_on_loop(struct writer *w, int os_errno)
{
	if (!w->told)
		log_note("there is no thread to write (%s): transfers and "
		         "signals wait for what is written",
		    strerror(os_errno));
	w->told = true;
}

/* There may be one later. */
static void
start(struct writer *w)
{
	int rc;

	if (w->started)
		return;
	if (w->watch && !w->watched)
		w->watch(w->watch_arg, w->wake[0]);
	w->watched = w->watch != NULL;
	w->on_loop = false;
	rc = create_thread(w);
	w->started = rc == 0;
	w->on_loop = rc != 0;
	if (rc)
		tell_why_on_loop(w, rc);
}

static void
perform_queue(struct writer *w)
{
	struct list *link;

	while ((link = list_pop_front(&w->queue)))
		writer_perform(w, task_of(link));
}

void
writer_start(struct writer *w)
{
	if (writer_pending(w) == 0)
		return;
	start(w);
	if (w->on_loop)
		perform_queue(w);
}

void
writer_on_start(struct writer *w, void (*watch)(void *arg, int fd), void *arg)
{
	w->watch = watch;
	w->watch_arg = arg;
	w->watched = watch && (w->started || w->on_loop);
	if (w->watched)
		watch(arg, w->wake[0]);
}

/* Queueing. */

/* With the lock held: something was queued. */
static void
wake_thread(struct writer *w)
{
	if (w->waiting == WAITING_WORK ||
	    (w->waiting == WAITING_BATCH && !writer_worth_waiting(w)))
		pthread_cond_signal(&w->more);
}

static void
enqueue(struct writer *w, struct writer_task *t)
{
	atomic_fetch_add(&w->pending, t->bytes);
	list_push_back(&w->queue, &t->link);
}

void
writer_submit(struct writer *w, struct writer_task *t)
{
	start(w);
	pthread_mutex_lock(&w->lock);
	enqueue(w, t);
	wake_thread(w);
	pthread_mutex_unlock(&w->lock);
	if (w->on_loop)
		perform_queue(w);
}

/* Add to the batch at the end of the queue, if it stays one write. */
static bool
join_last(struct writer *w, struct buf *bytes)
{
	struct batch *last;

	if (list_empty(&w->queue) ||
	    task_of(w->queue.prev)->perform != writer_write_batch)
		return false;
	last = batch_of(task_of(w->queue.prev));
	if (last->bytes.len + bytes->len > BATCH_SIZE)
		return false;
	buf_add(&last->bytes, bytes->data, bytes->len);
	last->task.bytes += bytes->len;
	atomic_fetch_add(&w->pending, bytes->len);
	buf_clear(bytes);
	return true;
}

static struct batch *
take_spare(struct writer *w)
{
	struct list *link = list_pop_front(&w->spares);

	if (!link)
		return xcalloc(1, sizeof(struct batch));
	w->spares_len--;
	return batch_of(task_of(link));
}

static void
add_batch(struct writer *w, struct buf *bytes)
{
	struct batch *b = take_spare(w);
	struct buf spare = b->bytes;

	b->bytes = *bytes;
	*bytes = spare;
	b->task.bytes = b->bytes.len;
	b->task.perform = writer_write_batch;
	enqueue(w, &b->task);
}

void
writer_stdout(struct writer *w, struct buf *bytes)
{
	if (bytes->len == 0)
		return;
	pthread_mutex_lock(&w->lock);
	if (!join_last(w, bytes))
		add_batch(w, bytes);
	wake_thread(w);
	pthread_mutex_unlock(&w->lock);
	if (writer_pending(w) > FINISH_MAX)
		writer_start(w);
}

void
writer_share_screen(struct writer *w, const struct writer_screen *screen)
{
	pthread_mutex_lock(&w->lock);
	w->screen = w->terminal ? screen : NULL;
	pthread_mutex_unlock(&w->lock);
}

size_t
writer_pending(const struct writer *w)
{
	return atomic_load(&w->pending);
}

uint64_t
writer_progress(const struct writer *w)
{
	return atomic_load(&w->progress);
}

bool
writer_lacks_descriptor(const struct writer *w)
{
	return atomic_load(&w->lacks_descriptor);
}

int
writer_fd(const struct writer *w)
{
	return w->wake[0];
}

void
writer_reap(struct writer *w)
{
	struct list performed, *link;
	char sink[64];

	while (read(w->wake[0], sink, sizeof(sink)) > 0)
		;
	list_init(&performed);
	pthread_mutex_lock(&w->lock);
	while ((link = list_pop_front(&w->reap)))
		list_push_back(&performed, link);
	pthread_mutex_unlock(&w->lock);
	while ((link = list_pop_front(&performed)))
		task_of(link)->done(task_of(link));
}

/* error_text is set once, before `failed`, so it needs no lock here. */
const char *
writer_error(const struct writer *w, int *os_errno)
{
	if (!atomic_load(&w->failed))
		return NULL;
	if (os_errno)
		*os_errno = w->error_errno;
	return w->error_text;
}

int
writer_watch_fd(const struct writer *w)
{
	struct stat st;
	int flags = fcntl(w->out_fd, F_GETFL);

	if (flags < 0 || (flags & O_ACCMODE) != O_WRONLY)
		return -1;
	if (fstat(w->out_fd, &st) < 0 || !S_ISFIFO(st.st_mode))
		return -1;
	return w->out_fd;
}

bool
writer_lost_reader(struct writer *w)
{
	struct pollfd p = {.fd = w->out_fd};

	if (poll(&p, 1, 0) <= 0 || !(p.revents & POLLERR))
		return false;
	atomic_store(&w->stdout_failed, true);
	writer_set_error(
	    w, EPIPE, xasprintf("cannot write to stdout: %s", strerror(EPIPE)));
	return true;
}

/* Opening and closing. */

static int
check_writable(int fd, char **cause)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0) {
		*cause = xasprintf("stdout is closed: %s", strerror(errno));
		return -1;
	}
	if ((flags & O_ACCMODE) == O_RDONLY) {
		*cause = xstrdup("stdout is open for reading only");
		return -1;
	}
	return 0;
}

static void
init_condition(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

static void
free_spares(struct writer *w)
{
	struct list *link;

	while ((link = list_pop_front(&w->spares))) {
		struct batch *b = batch_of(task_of(link));

		buf_release(&b->bytes);
		free(b);
	}
}

static void
writer_free(struct writer *w)
{
	free_spares(w);
	close(w->wake[0]);
	close(w->wake[1]);
	if (w->spare_fd >= 0)
		close(w->spare_fd);
	pthread_cond_destroy(&w->more);
	pthread_mutex_destroy(&w->lock);
	buf_release(&w->screen_text);
	free(w->error_text);
	free(w);
}

struct writer *
writer_open(int out_fd, char **cause)
{
	struct writer *w;

	if (check_writable(out_fd, cause) < 0)
		return NULL;
	w = xcalloc(1, sizeof(*w));
	if (open_wake(w) < 0) {
		*cause = xasprintf("no pipe: %s", strerror(errno));
		free(w);
		return NULL;
	}
	w->spare_fd = -1;
	w->out_fd = out_fd;
	w->terminal = isatty(out_fd);
	pthread_mutex_init(&w->lock, NULL);
	init_condition(&w->more);
	list_init(&w->queue);
	list_init(&w->reap);
	list_init(&w->spares);
	return w;
}

void
writer_keep_bytes(struct writer *w)
{
	w->as_it_is = true;
}

/* Can stdout take so much, and the loop not wait for it? */
static bool
takes_at_once(const struct writer *w, size_t len)
{
	struct pollfd p = {.fd = w->out_fd, .events = POLLOUT};
	struct stat st;

	if (w->terminal || len > FINISH_MAX || fstat(w->out_fd, &st) < 0)
		return false;
	if (S_ISFIFO(st.st_mode))
		return poll(&p, 1, 0) == 1;
	return S_ISREG(st.st_mode) || S_ISCHR(st.st_mode);
}

/* Without a thread there is nothing in the queue but bytes for stdout. */
bool
writer_finish(struct writer *w)
{
	size_t len = writer_pending(w);

	if (w->started || w->on_loop || (len && !takes_at_once(w, len)))
		return false;
	perform_queue(w);
	return true;
}

static void
begin_closing(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->closing = true;
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->lock);
}

int
writer_close(struct writer *w, int *os_errno, char **cause)
{
	int rc;

	begin_closing(w);
	if (w->started)
		pthread_join(w->thread, NULL);
	else
		writer_thread(w);
	writer_reap(w);
	rc = w->error_text ? -1 : 0;
	if (rc < 0 && os_errno)
		*os_errno = w->error_errno;
	if (rc < 0 && cause)
		*cause = xstrdup(w->error_text);
	writer_free(w);
	return rc;
}

/* The thread may hang in write(2) with the writer in its hands, so nothing
 * is freed. */
void
writer_abandon(struct writer *w)
{
	begin_closing(w);
	if (w->started)
		pthread_detach(w->thread);
	else
		writer_free(w);
}
