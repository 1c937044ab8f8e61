/*
 * A wake-up: how a thread tells the event loop that it has something for it.
 * The loop watches a descriptor, the reading end of a pipe; each wake-up is a
 * byte in it.
 *
 * Only the descriptors are shared: what is to be said is put under a lock of
 * the caller's before wakeup_send, and taken after wakeup_drain. Then none gets
 * lost, though several wake-ups may be seen as one.
 */
#ifndef GATHER_BASE_WAKEUP_H
#define GATHER_BASE_WAKEUP_H

#include <stdbool.h>

struct wakeup {
	int fds[2]; /* the reading and the writing end; -1: closed */
};

#define WAKEUP_CLOSED ((struct wakeup){{-1, -1}})

/* Returns 0; or -1 with errno, and `*w` is WAKEUP_CLOSED. */
int wakeup_open(struct wakeup *w);
/* Close both ends, unless they are closed. No thread may use `w` any more. */
void wakeup_close(struct wakeup *w);
bool wakeup_is_open(const struct wakeup *w);
/* The descriptor to watch: readable after wakeup_send, until wakeup_drain. */
int wakeup_fd(const struct wakeup *w);
/* Wake the loop. From any thread; never blocks. */
void wakeup_send(const struct wakeup *w);
/* On the loop, before it takes what the threads have put down. */
void wakeup_drain(const struct wakeup *w);

#endif
