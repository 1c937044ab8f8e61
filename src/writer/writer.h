/*
 * The writer: the one thread that writes. What the loop has for stdout and
 * for files goes through its queue, which takes whatever comes; a long queue
 * stops the start of new requests, nothing else. Nothing here blocks the
 * caller.
 *
 * The thread is started when there is work for it. A run whose whole output
 * is a few bytes for stdout needs none: see writer_finish.
 *
 * What comes for stdout is written at once if nothing was written in the
 * last 5 ms or if stdout is a terminal; else it is gathered to 64 KiB or
 * until those 5 ms are over. A write ends where a writer_stdout ended.
 *
 * What a terminal gets is made harmless (terminal_filter.h).
 *
 * An error of stdout, or one that a task reports, is the run's: the first is
 * kept. What is queued for stdout after an error of stdout is dropped; after
 * any other one it is written, as its requests are done. Tasks are performed
 * all the same.
 */
#ifndef GATHER_WRITER_WRITER_H
#define GATHER_WRITER_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/list.h"

#define WRITER_STDOUT_MAX ((size_t)8 << 20)

struct writer;

/* Work for the thread; embedded in whatever it works on. */
struct writer_task {
	struct list link; /* the writer's */
	uint64_t bytes;   /* to write: pending until it is performed */
	/* Called on the writer's thread; may block. */
	void (*perform)(struct writer_task *, struct writer *);
	/* Called afterwards on the loop's thread, from writer_reap or
	 * writer_close. NULL: `perform` frees the task. */
	void (*done)(struct writer_task *);
};

/* A writer for stdout, which is `out_fd`; borrowed. NULL with *cause set
 * (caller frees) if that is closed or not open for writing. */
struct writer *writer_open(int out_fd, char **cause);

/* Send a terminal the bytes as they are. Call it before anything is queued. */
void writer_keep_bytes(struct writer *);

/* The output begins with `bytes`, which are moved out: stdout has them already,
 * so they are compared and not written. If they differ that is an error of
 * stdout (EEXIST). Call it before anything is queued. */
void writer_has(struct writer *, struct buf *bytes);
/* How many of those bytes have not come so far. For a task's `perform` only. */
size_t writer_has_left(const struct writer *);

/* Queue `bytes` for stdout. The content is moved out; `bytes` is empty
 * afterwards and may hold recycled memory. The first few, up to what
 * writer_finish would write, wait for writer_start or for more work. */
void writer_stdout(struct writer *, struct buf *bytes);
/* Start the thread, with all signals blocked, for the bytes that wait. */
void writer_start(struct writer *);
/* Queue `size` bytes of file `fd` from `offset` on for stdout; the writer
 * closes its own duplicate. */
void writer_stdout_file(
    struct writer *, int fd, uint64_t offset, uint64_t size);
/*
 * Make `range` of file `fd` outlast the descriptor, for a task that reads it
 * later: returns a duplicate for the caller to close, or, where no descriptor
 * is free for one, -1 with the bytes appended to `content`. Dies if they
 * cannot be read.
 */
int writer_keep_range(int fd, struct file_range range, struct buf *content);
/* Queue any other work, in order with all that was queued before. */
void writer_submit(struct writer *, struct writer_task *);

/*
 * Whoever else writes to the terminal that stdout is (the status line):
 * `begin` is called before each write and `end` after it, on the writer's
 * thread; `last` is the last byte written. Set it while nothing is queued;
 * NULL: nobody is called. Borrowed.
 */
struct writer_screen {
	void (*begin)(void *arg);
	void (*end)(void *arg, char last);
	void *arg;
};
void writer_share_screen(struct writer *, const struct writer_screen *);

/* Write to stdout now. For a task's `perform` only. */
void writer_put(struct writer *, const char *data, size_t len);
/* Record an error that ends the run; the text is formatted. For a task's
 * `perform` only. */
void writer_fail(struct writer *, int os_errno, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* As writer_fail, and drop all that is queued for stdout. */
void writer_fail_stdout(struct writer *, int os_errno, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * For a task's `perform` only. The writer keeps one descriptor in reserve:
 * bodies that wait to be written may hold all others, and only the writer can
 * give those back.
 *
 * Call writer_find_descriptor when open(2) failed for want of a descriptor,
 * and try again while it returns true: it gives up the reserve, or else waits
 * 10 ms for others to close theirs; false: that has taken too long. Call
 * writer_spare_descriptor when the file is closed: it restores the reserve.
 */
bool writer_find_descriptor(struct writer *);
void writer_spare_descriptor(struct writer *);
/* Is the writer waiting for a descriptor? Then the loop should close what it
 * can do without, and start nothing. writer_fd tells when this changes. */
bool writer_lacks_descriptor(const struct writer *);

/* Bytes that are queued, for stdout or by tasks, and not yet written. */
size_t writer_pending(const struct writer *);
/* Readable when an error occurred, when `pending` fell under half of
 * WRITER_STDOUT_MAX, or when a task is to be reaped. For the loop. */
int writer_fd(const struct writer *);
/* Have `watch(arg, writer_fd)` called when there is a thread to make it
 * readable: at once, or when the thread starts. NULL: nobody is called. */
void writer_on_start(
    struct writer *, void (*watch)(void *arg, int fd), void *arg);
/* Empty writer_fd, and call `done` of the tasks that were performed. */
void writer_reap(struct writer *);
/* The first error, borrowed; NULL: none. *os_errno (may be NULL) is set to
 * its number: EPIPE, ENOSPC and so on. */
const char *writer_error(const struct writer *, int *os_errno);
/* A count that grows with each write: the run gives up on a reader that has
 * stopped when this has stopped. */
uint64_t writer_progress(const struct writer *);

/*
 * The write end of a pipe turns "readable" when its reader has vanished: add
 * a persistent EV_READ event on this descriptor, or none if it is -1 (stdout
 * is not a pipe). When it fires: if writer_lost_reader, the run is over as if a
 * write had failed with EPIPE (writer_error says so from then on); if not,
 * delete the event, as it would fire for ever.
 */
int writer_watch_fd(const struct writer *);
bool writer_lost_reader(struct writer *);

/*
 * Call it when nothing follows. Returns true if
 * everything is written: while no thread was started, a few bytes (PIPE_BUF at
 * most) are written here and now to a regular file, a device or a pipe with
 * room for them, which saves a thread. False: what is left needs the thread.
 */
bool writer_finish(struct writer *);
/* Wait until all is written (or failed), end the thread, reap, free.
 * Returns -1 with *cause set (caller frees) if anything failed; *os_errno as
 * writer_error. Both may be NULL. */
int writer_close(struct writer *, int *os_errno, char **cause);
/* End now, without waiting for a write that blocks: for the second signal.
 * The thread is left behind; the process must end. */
void writer_abandon(struct writer *);

#endif
