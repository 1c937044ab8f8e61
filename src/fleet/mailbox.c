/*
 * The lock is held for a few instructions, whatever the length of a batch.
 */
#include "config.h"

#include "fleet/mailbox.h"

int
mailbox_open(struct mailbox *m)
{
	list_init(&m->letters);
	if (wakeup_open(&m->wake))
		return -1;
	pthread_mutex_init(&m->lock, NULL);
	return 0;
}

void
mailbox_close(struct mailbox *m)
{
	if (!wakeup_is_open(&m->wake))
		return;
	wakeup_close(&m->wake);
	pthread_mutex_destroy(&m->lock);
}

int
mailbox_fd(const struct mailbox *m)
{
	return wakeup_fd(&m->wake);
}

void
mailbox_post(struct mailbox *m, struct list *batch)
{
	bool is_first;

	if (list_empty(batch))
		return;
	pthread_mutex_lock(&m->lock);
	is_first = list_empty(&m->letters);
	list_splice_back(&m->letters, batch);
	pthread_mutex_unlock(&m->lock);
	if (is_first)
		wakeup_send(&m->wake);
}

void
mailbox_nudge(struct mailbox *m)
{
	wakeup_send(&m->wake);
}

/* The descriptor is drained first: a letter that comes after that wakes the
 * reader once more. */
void
mailbox_take(struct mailbox *m, struct list *to)
{
	wakeup_drain(&m->wake);
	pthread_mutex_lock(&m->lock);
	list_splice_back(to, &m->letters);
	pthread_mutex_unlock(&m->lock);
}

void
letter_init(struct letter *l, unsigned kind, void *about)
{
	list_init(&l->link);
	l->kind = kind;
	l->about = about;
}

void
letter_add(struct letter *l, struct list *batch)
{
	list_push_back(batch, &l->link);
}

struct letter *
letter_next(struct list *batch)
{
	struct list *link = list_pop_front(batch);

	return link ? container_of(link, struct letter, link) : NULL;
}
