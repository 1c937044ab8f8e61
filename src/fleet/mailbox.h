/*
 * A mailbox: how one thread hands letters to another one, which sleeps in its
 * event loop meanwhile. Letters come in batches, in the order in which they
 * were posted; a batch wakes its reader once, and not at all while an earlier
 * one lies there.
 */
#ifndef GATHER_FLEET_MAILBOX_H
#define GATHER_FLEET_MAILBOX_H

#include <pthread.h>

#include "base/list.h"
#include "base/wakeup.h"

/* Embedded in what is sent, or in what it is about. From the moment in which it
 * is posted it is its reader's. */
struct letter {
	struct list link;
	unsigned kind;
	void *about;
};

struct mailbox {
	pthread_mutex_t lock;
	struct list letters; /* under the lock */
	struct wakeup wake;  /* of the reader, while there are letters */
};

/* Returns 0, or -1 with errno. */
int mailbox_open(struct mailbox *);
/* No other thread may use it any more. Letters in it are not looked at. */
void mailbox_close(struct mailbox *);
/* The descriptor that is readable while there are letters. */
int mailbox_fd(const struct mailbox *);
/* Move all letters of `batch` into the mailbox. From any thread. */
void mailbox_post(struct mailbox *, struct list *batch);
/* Wake the reader, though there may be no letter. From any thread. */
void mailbox_nudge(struct mailbox *);
/* Move all letters to the end of `to`. By the reader. */
void mailbox_take(struct mailbox *, struct list *to);

void letter_init(struct letter *, unsigned kind, void *about);
/* Add the letter, which is in none, to a batch. */
void letter_add(struct letter *, struct list *batch);
/* Remove the first letter of a batch and return it; NULL: there is none. */
struct letter *letter_next(struct list *batch);

#endif
