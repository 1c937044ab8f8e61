/*
 * An intrusive, doubly linked, circular list. The head is a link that stands
 * in no object; an object that walks on a list embeds a link.
 */
#ifndef GATHER_BASE_LIST_H
#define GATHER_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *prev;
	struct list *next;
};

/* The object of `type` whose member `member` is `link`. */
#define container_of(link, type, member) \
	((type *)(void *)((char *)(link)-offsetof(type, member)))

#define LIST_FOREACH(at, head) \
	for (struct list *at = (head)->next; at != (head); at = at->next)

/* The same where the body may remove `at`, but not what stands behind it. */
#define LIST_FOREACH_SAFE(at, behind, head)                                    \
	for (struct list *at = (head)->next, *behind = at->next; at != (head); \
	     at = behind, behind = at->next)

static inline void
list_init(struct list *l)
{
	l->prev = l->next = l;
}

static inline bool
list_empty(const struct list *head)
{
	return head->next == head;
}

/* Put `l` in front of `at`; with `at` the head: at the end. */
static inline void
list_insert_before(struct list *at, struct list *l)
{
	l->prev = at->prev;
	l->next = at;
	at->prev->next = l;
	at->prev = l;
}

static inline void
list_push_back(struct list *head, struct list *l)
{
	list_insert_before(head, l);
}

static inline void
list_push_front(struct list *head, struct list *l)
{
	list_insert_before(head->next, l);
}

/* Afterwards `l` is a list of its own, so removing twice does no harm. */
static inline void
list_remove(struct list *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	list_init(l);
}

/* The first link, removed; NULL of an empty list. */
static inline struct list *
list_pop_front(struct list *head)
{
	struct list *l = head->next;

	if (l == head)
		return NULL;
	list_remove(l);
	return l;
}

#endif
