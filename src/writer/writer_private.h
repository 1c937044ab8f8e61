/* What the two halves of the writer share: the loop's (writer.c) and the
 * thread's (writer_thread.c). */
#ifndef GATHER_WRITER_WRITER_PRIVATE_H
#define GATHER_WRITER_WRITER_PRIVATE_H

#include "writer/writer.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "writer/terminal_filter.h"

enum {
	BATCH_SIZE = 64 * 1024,   /* one write(2); also what a batch grows to */
	WRITER_AT_ONCE = PIPE_BUF /* a pipe that is writable takes so much */
};

/* Bytes for stdout, and the memory to be used again. */
struct batch {
	struct writer_task task;
	struct buf bytes;
};

/* What the thread is waiting for: who queues something must wake it. */
enum waiting {
	WAITING_NO,
	WAITING_WORK,  /* anything */
	WAITING_BATCH, /* more than one small batch */
};

struct writer {
	int out_fd;
	bool terminal;
	/* The loop's. */
	bool started; /* there is a thread */
	bool watched; /* `watch` was called */
	bool on_loop; /* no thread could be made: the loop does the work */
	bool told;    /* ... and it was said */
	pthread_t thread;
	void (*watch)(void *arg, int fd); /* NULL: nobody waits for it */
	void *watch_arg;
	/* Read by the loop, written by the thread. */
	int wake[2];
	atomic_size_t pending;
	atomic_uint_fast64_t progress;
	atomic_bool failed; /* error_text is there and stays */
	atomic_bool stdout_failed;
	atomic_bool lacks_descriptor;
	int64_t quiet_until; /* the thread's: linger until then */
	int spare_fd;        /* the thread's, for files; -1: none */
	int waits;           /* for one that is free */
	bool as_it_is;       /* a terminal gets the bytes themselves, too */
	struct terminal_filter shown; /* the thread's */
	struct buf screen_text;
	/* Under the lock. */
	pthread_mutex_t lock;
	pthread_cond_t more;
	enum waiting waiting;
	bool closing;
	const struct writer_screen *screen; /* NULL: stdout is ours alone */
	struct list queue;                  /* of tasks */
	struct list reap;   /* performed tasks that have a `done` */
	struct list spares; /* of batches */
	size_t spares_len;
	int error_errno;
	char *error_text;
};

static inline struct writer_task *
task_of(struct list *link)
{
	return container_of(link, struct writer_task, link);
}

static inline struct batch *
batch_of(struct writer_task *t)
{
	return container_of(t, struct batch, task);
}

/* The thread's body; `arg` is the writer. */
void *writer_thread(void *arg);
/* Perform a task that was taken from the queue, without the lock. */
void writer_perform(struct writer *, struct writer_task *);
/* A task's `perform`: write a batch, keep its memory. */
void writer_write_batch(struct writer_task *, struct writer *);
/* Is there nothing but one batch, to which more could be added? With the
 * lock held, and the queue not empty. */
bool writer_worth_waiting(const struct writer *);
/* Keep the first error; `text` is owned from here on. */
void writer_set_error(struct writer *, int os_errno, char *text);

#endif
