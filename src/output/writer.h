/*
 * The writer: the one thread that writes. What the loop has for stdout and
 * for files goes through its queue, which takes whatever comes; its length
 * only stops admission. Nothing here blocks the caller.
 *
 * An error is reported once, through writer_fd becoming readable and
 * writer_error; what is queued after it is dropped.
 */
#ifndef GATHER_OUTPUT_WRITER_H
#define GATHER_OUTPUT_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct writer;

/* Start the thread (all signals blocked in it). `out_fd` is borrowed. */
struct writer *writer_open(int out_fd, char **cause);

/* Queue `bytes` (content is moved out) for stdout. */
void writer_stdout(struct writer *, struct buf *bytes);
/* Queue `size` bytes of file `fd` from `offset` on for stdout; the writer
 * closes its own duplicate. */
void writer_stdout_file(
    struct writer *, int fd, uint64_t offset, uint64_t size);

/* Queue any other work for the thread: `perform` runs there, may block, and
 * returns 0 or -1 with *cause set (heap). `task` is freed by `perform`. */
void writer_submit(
    struct writer *, int (*perform)(void *task, char **cause), void *task);

/* Bytes queued for stdout and not yet taken by it. */
size_t writer_pending(const struct writer *);
/* Readable when an error occurred, when `pending` fell under half of
 * `WRITER_STDOUT_MAX`, or when submitted work finished. For the loop. */
int writer_fd(const struct writer *);
/* Empties writer_fd. */
void writer_acknowledge(struct writer *);
/* The first error, borrowed; NULL: none. *os_errno says EPIPE, ENOSPC. */
const char *writer_error(const struct writer *, int *os_errno);
/* A count that moves whenever anything was written: for "no progress". */
uint64_t writer_progress(const struct writer *);

/* Wait until all is written (or failed), end the thread, free.
 * Returns -1 with *cause set if anything failed. */
int writer_close(struct writer *, char **cause);
/* End now, without waiting for a write that blocks: for the second signal.
 * The thread is left behind. */
void writer_abandon(struct writer *);

#define WRITER_STDOUT_MAX ((size_t)8 << 20)

#endif
