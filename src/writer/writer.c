/*
 * First what runs on the writer's thread: writing to stdout, descriptors,
 * tasks. Then what the loop calls: it starts the thread, queues work, asks how
 * far that is, opens and closes. Each field of struct writer says who may use
 * it.
 */
#include "config.h"

#include "writer/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/thread.h"
#include "base/wakeup.h"
#include "base/xalloc.h"
#include "process/log.h"
#include "writer/present.h"
#include "writer/terminal_filter.h"

enum {
	BATCH_SIZE = 64 * 1024, /* one write(2); a batch grows to this */
	AT_ONCE_MAX = PIPE_BUF, /* a pipe that polls writable takes this much */
	SPARES_MAX = 4,
	SPARE_CAP_MAX = 4 * BATCH_SIZE,
	DESCRIPTOR_WAITS_MAX = 1000, /* of 10 ms each */
	DESCRIPTORS_LEFT = 6,        /* for a connection and a name lookup */
	LOOP_WAIT_MS = 10000,        /* for a reader, when the loop writes */
	LINGER_US = 5000             /* how long a small batch may grow */
};

/* Bytes for stdout. Once written, the batch goes to `spares`, so that its
 * memory serves the next one. */
struct batch {
	struct writer_task task;
	struct buf bytes;
};

/* What the thread waits for. The loop signals it only when what it queued ends
 * that wait: a signal for every small record would cost more than the record.
 */
enum waiting {
	WAITING_NO,    /* it works */
	WAITING_WORK,  /* for any task */
	WAITING_BATCH, /* for more than one small batch, or for time to pass */
};

struct writer {
	int out_fd;
	bool terminal;
	/* Used by the loop only. */
	bool started; /* there is a thread */
	bool watched; /* `watch` was called */
	bool on_loop; /* no thread could be made: the loop does the work */
	bool warned;  /* the user was told that the loop does the work */
	pthread_t thread;
	void (*watch)(void *arg, int fd); /* NULL: nobody waits */
	void *watch_arg;
	/* Written by the thread, read by the loop without the lock. */
	struct wakeup wake; /* of the loop */
	atomic_size_t pending;
	atomic_uint_fast64_t progress;
	atomic_bool failed; /* error_text is there and stays */
	atomic_bool stdout_failed;
	atomic_bool lacks_descriptor;
	/* Written by the loop, read by the thread without the lock. */
	_Atomic(const struct writer_screen *) screen; /* NULL: ours alone */
	/* Used by the thread only. */
	int64_t quiet_until;    /* until then a small batch may grow */
	int spare_fd;           /* kept free for files; -1: given up, or none */
	int descriptor_waits;   /* since a file could be opened last */
	struct present present; /* set before the thread starts */
	struct terminal_filter filter;
	struct buf filtered; /* what the filter made of one piece */
	bool unfiltered; /* set before the thread starts: even a terminal gets
	                  * the bytes as they are */
	/* Guarded by the lock. */
	pthread_mutex_t lock;
	pthread_cond_t more;
	enum waiting waiting;
	bool closing;
	struct list queue;  /* of tasks, the oldest first */
	struct list reap;   /* performed tasks whose `done` is still to come */
	struct list spares; /* of batches, their memory to be reused */
	size_t spares_len;
	int error_errno;
	char *error_text;
};

static struct writer_task *
task_of(struct list *link)
{
	return container_of(link, struct writer_task, link);
}

static struct batch *
batch_of(struct writer_task *t)
{
	return container_of(t, struct batch, task);
}

/* --- errors ------------------------------------------------------------- */

/* Record an error, of which the first one of the run is kept. Takes `text`. */
static void
set_error(struct writer *w, int os_errno, char *text)
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
	wakeup_send(&w->wake);
}

__attribute__((format(printf, 3, 0))) static void
set_error_v(struct writer *w, int os_errno, const char *fmt, va_list ap)
{
	char line[1024];

	vsnprintf(line, sizeof(line), fmt, ap);
	set_error(w, os_errno, xstrdup(line));
}

void
writer_fail(struct writer *w, int os_errno, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_error_v(w, os_errno, fmt, ap);
	va_end(ap);
}

void
writer_fail_stdout(struct writer *w, int os_errno, const char *fmt, ...)
{
	va_list ap;

	atomic_store(&w->stdout_failed, true);
	va_start(ap, fmt);
	set_error_v(w, os_errno, fmt, ap);
	va_end(ap);
}

/* --- writing: on the thread --------------------------------------------- */

/* Wait until stdout takes bytes: another process that shares it may have made
 * it non-blocking. Where the loop does the thread's work, it must return to
 * its transfers: 0 if the wait was too long. */
static int
await_writable(const struct writer *w)
{
	struct pollfd p = {.fd = w->out_fd, .events = POLLOUT};
	int rc;

	do
		rc = poll(&p, 1, w->on_loop ? LOOP_WAIT_MS : -1);
	while (rc < 0 && errno == EINTR);
	return rc;
}

/* Call write(2) once. Where the loop does the work, it gives no more than a
 * pipe that polls writable is sure to take, so that it does not block. */
static ssize_t
write_some(const struct writer *w, const char *data, size_t len)
{
	size_t most = w->on_loop ? AT_ONCE_MAX : BATCH_SIZE;

	if (w->on_loop && await_writable(w) == 0) {
		errno = ETIMEDOUT;
		return -1;
	}
	return write(w->out_fd, data, len < most ? len : most);
}

/* Write all of `data`, or record the error that stopped it. */
static void
write_stdout(struct writer *w, const char *data, size_t len)
{
	if (!present_pass(&w->present, &data, &len))
		writer_fail_stdout(
		    w, EEXIST, "stdout holds other bytes than were written");
	while (len && !atomic_load(&w->stdout_failed)) {
		ssize_t n = write_some(w, data, len);

		if (n >= 0) {
			data += n;
			len -= (size_t)n;
			atomic_fetch_add(&w->progress, 1);
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			await_writable(w);
		} else if (errno != EINTR) {
			writer_fail_stdout(w, errno,
			    "cannot write to stdout: %s", io_error(errno));
		}
	}
	w->quiet_until = clock_now_us() + LINGER_US;
}

/* Write `data`, and tell whoever else writes to the terminal (the status line)
 * before and after. */
static void
write_sharing_screen(struct writer *w, const char *data, size_t len)
{
	const struct writer_screen *screen =
	    len ? atomic_load(&w->screen) : NULL;

	if (screen)
		screen->begin(screen->arg);
	write_stdout(w, data, len);
	if (screen)
		screen->end(screen->arg, data[len - 1]);
}

static void
write_filtered(struct writer *w)
{
	write_sharing_screen(w, w->filtered.data, w->filtered.len);
	buf_clear(&w->filtered);
}

void
writer_put(struct writer *w, const char *data, size_t len)
{
	if (!w->terminal || w->unfiltered) {
		write_sharing_screen(w, data, len);
		return;
	}
	terminal_filter_add(&w->filter, data, len, &w->filtered);
	write_filtered(w);
}

/* The task of a batch: write it, and keep its memory for the next one. */
static void
write_batch(struct writer_task *t, struct writer *w)
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

/* --- descriptors: on the thread ----------------------------------------- */

/* Say whether a descriptor is lacking; the loop wants to know of a change. */
static void
set_lack(struct writer *w, bool lacks)
{
	if (atomic_exchange(&w->lacks_descriptor, lacks) != lacks)
		wakeup_send(&w->wake);
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
	if (w->on_loop) /* waiting is no use: the loop itself holds them */
		return false;
	set_lack(w, true);
	nanosleep(&moment, NULL);
	return w->descriptor_waits++ < DESCRIPTOR_WAITS_MAX;
}

/* Can `more` descriptors be opened beside `fd`? */
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

/* The reserve is restored only where some descriptors are left beside it:
 * without them no connection could be made, and the run would stand still. */
void
writer_spare_descriptor(struct writer *w)
{
	int fd;

	w->descriptor_waits = 0;
	set_lack(w, false);
	if (w->spare_fd >= 0)
		return;
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && !are_free(fd, DESCRIPTORS_LEFT))
		close(fd);
	else
		w->spare_fd = fd;
}

/* --- the thread --------------------------------------------------------- */

/* Is one batch with room all that is queued, so that the next record could
 * join its write(2)? Called with the lock held, and the queue not
 * empty. */
static bool
is_worth_waiting(const struct writer *w)
{
	struct list *first = w->queue.next;

	return !w->terminal && !w->closing && first->next == &w->queue &&
	       task_of(first)->perform == write_batch &&
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

/* Wait for the next task; NULL when the writer is closed and none is left.
 * Called with the lock held. */
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
		} else if (is_worth_waiting(w) &&
		           clock_now_us() < w->quiet_until) {
			wait_until(w, w->quiet_until);
		} else {
			return task_of(list_pop_front(&w->queue));
		}
	}
}

/* Take `bytes` off what is pending. The loop stops starting requests at
 * WRITER_STDOUT_MAX and goes on at half of it, so that it does not stop and go
 * with each write. */
static void
count_written(struct writer *w, size_t bytes)
{
	size_t before = atomic_fetch_sub(&w->pending, bytes);

	if (before >= WRITER_STDOUT_MAX / 2 &&
	    before - bytes < WRITER_STDOUT_MAX / 2)
		wakeup_send(&w->wake);
}

/* Perform a task that was taken from the queue, without the lock. `done` is
 * read first, as a task without it frees itself. */
static void
perform_task(struct writer *w, struct writer_task *t)
{
	size_t bytes = t->bytes;
	bool reap = t->done != NULL;

	t->perform(t, w);
	if (reap) {
		pthread_mutex_lock(&w->lock);
		list_push_back(&w->reap, &t->link);
		pthread_mutex_unlock(&w->lock);
		atomic_fetch_add(&w->progress, 1);
		wakeup_send(&w->wake);
	}
	count_written(w, bytes);
}

static void *
run_thread(void *arg)
{
	struct writer *w = arg;
	struct writer_task *t;

	pthread_mutex_lock(&w->lock);
	while ((t = next_task(w))) {
		pthread_mutex_unlock(&w->lock);
		perform_task(w, t);
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	terminal_filter_end(&w->filter, &w->filtered);
	write_filtered(w);
	return NULL;
}

/* --- part of a file, for stdout ----------------------------------------- */

/* A part of a file on its way to stdout. */
struct file_part {
	struct writer_task task; /* its `bytes` are the length */
	int fd;                  /* owned */
	uint64_t offset;
};

static void
put_piece(void *arg, const char *data, size_t len)
{
	writer_put(arg, data, len);
}

static void
write_part(struct writer_task *t, struct writer *w)
{
	struct file_part *p = container_of(t, struct file_part, task);
	struct file_range range = {p->offset, t->bytes};

	if (io_read_range(p->fd, range, put_piece, w) < 0)
		writer_fail_stdout(w, errno, "cannot read a spilled body: %s",
		    io_error(errno));
	close(p->fd);
	free(p);
}

int
writer_keep_range(int fd, struct file_range range, struct buf *content)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (own < 0 && io_add_range(fd, range, content) < 0)
		die("cannot read a spilled body: %s", io_error(errno));
	return own;
}

void
writer_stdout_file(struct writer *w, int fd, uint64_t offset, uint64_t size)
{
	struct buf content = {0};
	int own =
	    writer_keep_range(fd, (struct file_range){offset, size}, &content);
	struct file_part *p;

	if (own < 0) {
		writer_stdout(w, &content);
		buf_release(&content);
		return;
	}
	p = xcalloc(1, sizeof(*p));
	p->fd = own;
	p->offset = offset;
	p->task.bytes = size;
	p->task.perform = write_part;
	writer_submit(w, &p->task);
}

/* --- starting the thread: on the loop ----------------------------------- */

static void
warn_of_loop_writes(struct writer *w, int os_errno)
{
	if (!w->warned)
		log_note("cannot start a thread for writing (%s): transfers "
		         "and signals wait for each write",
		    io_error(os_errno));
	w->warned = true;
}

/* Start the thread unless there is one. Where none can be made now (the
 * system's limit), the loop does the work, and the next piece of work tries
 * again. */
static void
start_thread(struct writer *w)
{
	int rc;

	if (w->started)
		return;
	if (w->watch && !w->watched)
		w->watch(w->watch_arg, wakeup_fd(&w->wake));
	w->watched = w->watch != NULL;
	w->on_loop = false;
	rc = thread_start(&w->thread, NULL, run_thread, w);
	w->started = rc == 0;
	if (w->started)
		return; /* on_loop is the thread's to read */
	w->on_loop = true;
	warn_of_loop_writes(w, rc);
}

static void
perform_queue(struct writer *w)
{
	struct list *link;

	while ((link = list_pop_front(&w->queue)))
		perform_task(w, task_of(link));
}

void
writer_start(struct writer *w)
{
	if (writer_pending(w) == 0)
		return;
	start_thread(w);
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
		watch(arg, wakeup_fd(&w->wake));
}

/* --- queueing: on the loop ---------------------------------------------- */

/* Signal the thread if what was just queued ends its wait. Called
 * with the lock held. */
static void
wake_thread(struct writer *w)
{
	if (w->waiting == WAITING_WORK ||
	    (w->waiting == WAITING_BATCH && !is_worth_waiting(w)))
		pthread_cond_signal(&w->more);
}

static void
enqueue_task(struct writer *w, struct writer_task *t)
{
	atomic_fetch_add(&w->pending, t->bytes);
	list_push_back(&w->queue, &t->link);
}

void
writer_submit(struct writer *w, struct writer_task *t)
{
	start_thread(w);
	pthread_mutex_lock(&w->lock);
	enqueue_task(w, t);
	wake_thread(w);
	pthread_mutex_unlock(&w->lock);
	if (w->on_loop)
		perform_queue(w);
}

/* Add `bytes` to the batch at the end of the queue, if that stays one
 * write(2). Called with the lock held. */
static bool
join_last(struct writer *w, struct buf *bytes)
{
	struct batch *last;

	if (list_empty(&w->queue) ||
	    task_of(w->queue.prev)->perform != write_batch)
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

/* Swap buffers with a spare batch, so that no byte is copied. */
static void
add_batch(struct writer *w, struct buf *bytes)
{
	struct batch *b = take_spare(w);
	struct buf spare = b->bytes;

	b->bytes = *bytes;
	*bytes = spare;
	b->task.bytes = b->bytes.len;
	b->task.perform = write_batch;
	enqueue_task(w, &b->task);
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
	if (writer_pending(w) > AT_ONCE_MAX)
		writer_start(w);
}

/* --- what the loop asks ------------------------------------------------- */

void
writer_share_screen(struct writer *w, const struct writer_screen *screen)
{
	atomic_store(&w->screen, w->terminal ? screen : NULL);
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
	return wakeup_fd(&w->wake);
}

void
writer_reap(struct writer *w)
{
	struct list performed, *link;

	wakeup_drain(&w->wake);
	list_init(&performed);
	pthread_mutex_lock(&w->lock);
	list_splice_back(&performed, &w->reap);
	pthread_mutex_unlock(&w->lock);
	while ((link = list_pop_front(&performed)))
		task_of(link)->done(task_of(link));
}

/* No lock is needed: the text is set once, before `failed`. */
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
	set_error(
	    w, EPIPE, xasprintf("cannot write to stdout: %s", io_error(EPIPE)));
	return true;
}

/* --- opening and closing ------------------------------------------------ */

static int
check_writable(int fd, char **cause)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0) {
		*cause = xasprintf("stdout is closed: %s", io_error(errno));
		return -1;
	}
	if ((flags & O_ACCMODE) == O_RDONLY) {
		*cause = xstrdup("stdout is open for reading only");
		return -1;
	}
	return 0;
}

/* Let the condition wait on the monotonic clock: a wait must not end early or
 * late when the system's time is set. */
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
	wakeup_close(&w->wake);
	if (w->spare_fd >= 0)
		close(w->spare_fd);
	pthread_cond_destroy(&w->more);
	pthread_mutex_destroy(&w->lock);
	buf_release(&w->filtered);
	buf_release(&w->present.bytes);
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
	if (wakeup_open(&w->wake)) {
		*cause = xasprintf("cannot make a pipe: %s", io_error(errno));
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
writer_has(struct writer *w, struct buf *bytes)
{
	w->present.bytes = *bytes;
	buf_init(bytes);
}

size_t
writer_has_left(const struct writer *w)
{
	return w->present.bytes.len - w->present.passed;
}

void
writer_keep_bytes(struct writer *w)
{
	w->unfiltered = true;
}

/* Does stdout take `len` bytes without making the loop wait? */
static bool
takes_at_once(const struct writer *w, size_t len)
{
	struct pollfd p = {.fd = w->out_fd, .events = POLLOUT};
	struct stat st;

	if (w->terminal || len > AT_ONCE_MAX || fstat(w->out_fd, &st) < 0)
		return false;
	if (S_ISFIFO(st.st_mode))
		return poll(&p, 1, 0) == 1;
	return S_ISREG(st.st_mode) || S_ISCHR(st.st_mode);
}

/* While there is no thread, the queue holds bytes for stdout only: any other
 * task starts the thread (writer_submit). */
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
		run_thread(w);
	writer_reap(w);
	rc = w->error_text ? -1 : 0;
	if (rc < 0 && os_errno)
		*os_errno = w->error_errno;
	if (rc < 0 && cause)
		*cause = xstrdup(w->error_text);
	writer_free(w);
	return rc;
}

/* A thread may hang in write(2) and use the writer when that returns, so
 * nothing is freed under it. */
void
writer_abandon(struct writer *w)
{
	begin_closing(w);
	if (w->started)
		pthread_detach(w->thread);
	else
		writer_free(w);
}
