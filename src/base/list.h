/*
 * An intrusive, doubly linked, circular list. The head is a link that stands
 * in no object; an object that can be in a list embeds a link. So an object is
 * added and removed without an allocation, and without a search.
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

/* Walk over the links of a list; the body may not remove any. */
#define LIST_FOREACH(at, head) \
	for (struct list *at = (head)->next; at != (head); at = at->next)

/* Walk over the links of a list; the body may remove `at`, but not `behind`,
 * the link that follows it. */
#define LIST_FOREACH_SAFE(at, behind, head)                                    \
	for (struct list *at = (head)->next, *behind = at->next; at != (head); \
	     at = behind, behind = at->next)

/* Initialise an empty list, or a link that is in none. */
static inline void
list_init(struct list *l)
{
	l->prev = l->next = l;
}

/* Returns whether the list has no link but its head. */
static inline bool
list_empty(const struct list *head)
{
	return head->next == head;
}

/* Insert `l` in front of `at`; if `at` is the head, at the end. */
static inline void
list_insert_before(struct list *at, struct list *l)
{
	l->prev = at->prev;
	l->next = at;
	at->prev->next = l;
	at->prev = l;
}

/* Insert `l` at the end. */
static inline void
list_push_back(struct list *head, struct list *l)
{
	list_insert_before(head, l);
}

/* Insert `l` at the beginning. */
static inline void
list_push_front(struct list *head, struct list *l)
{
	list_insert_before(head->next, l);
}

/* Move all links of `from` to the end of `to`. */
static inline void
list_splice_back(struct list *to, struct list *from)
{
	if (list_empty(from))
		return;
	from->next->prev = to->prev;
	to->prev->next = from->next;
	from->prev->next = to;
	to->prev = from->prev;
	list_init(from);
}

/* Remove `l` from its list. It is a list of its own then, so removing it twice
 * does no harm. */
static inline void
list_remove(struct list *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	list_init(l);
}

/* Remove the first link and return it; NULL: the list is empty. */
static inline struct list *
list_pop_front(struct list *head)
{
	struct list *l = head->next;

	if (l == head)
		return NULL;
	list_remove(l);
	return l;
}

/* How many links it has, counted one by one. */
static inline size_t
list_len(const struct list *head)
{
	size_t n = 0;

	for (const struct list *l = head->next; l != head; l = l->next)
		n++;
	return n;
}

#endif
