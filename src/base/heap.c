/*
 * The heap is an array of pointers to nodes; nodes know their place in it, so
 * that any of them can be removed. Places count from 1: the children of `i`
 * are 2 i and 2 i + 1.
 */
#include "config.h"

#include "base/heap.h"

#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"

void
heap_init(struct heap *h)
{
	*h = (struct heap){0};
}

void
heap_release(struct heap *h)
{
	free(h->nodes);
	heap_init(h);
}

static bool
earlier(const struct heap_node *a, const struct heap_node *b)
{
	return a->at != b->at ? a->at < b->at : a->seq < b->seq;
}

static void
place(struct heap *h, size_t index, struct heap_node *node)
{
	h->nodes[index - 1] = node;
	node->index = index;
}

/* Find the place of `node` from `index` upwards: earlier ones stay above it. */
static void
sift_up(struct heap *h, size_t index, struct heap_node *node)
{
	while (index > 1 && earlier(node, h->nodes[index / 2 - 1])) {
		place(h, index, h->nodes[index / 2 - 1]);
		index /= 2;
	}
	place(h, index, node);
}

/* Find the place of `node` from `index` downwards: the earlier of two children
 * moves up as long as it is earlier than the node. */
static void
sift_down(struct heap *h, size_t index, struct heap_node *node)
{
	for (;;) {
		size_t child = index * 2;

		if (child > h->len)
			break;
		if (child < h->len &&
		    earlier(h->nodes[child], h->nodes[child - 1]))
			child++;
		if (!earlier(h->nodes[child - 1], node))
			break;
		place(h, index, h->nodes[child - 1]);
		index = child;
	}
	place(h, index, node);
}

void
heap_push(struct heap *h, struct heap_node *node, int64_t at)
{
	assert(!heap_holds(node));
	if (h->len == h->cap) {
		h->cap = h->cap ? h->cap * 2 : 16;
		h->nodes = xreallocarray(h->nodes, h->cap, sizeof(*h->nodes));
	}
	node->at = at;
	node->seq = h->next_seq++;
	h->len++;
	sift_up(h, h->len, node);
}

struct heap_node *
heap_top(const struct heap *h)
{
	return h->len ? h->nodes[0] : NULL;
}

struct heap_node *
heap_pop(struct heap *h)
{
	struct heap_node *top = heap_top(h);

	if (top)
		heap_remove(h, top);
	return top;
}

/* The last node takes the free place, and may have to go either way from it. */
void
heap_remove(struct heap *h, struct heap_node *node)
{
	size_t index = node->index;
	struct heap_node *last;

	if (!index)
		return;
	node->index = 0;
	last = h->nodes[--h->len];
	if (last == node)
		return;
	if (index > 1 && earlier(last, h->nodes[index / 2 - 1]))
		sift_up(h, index, last);
	else
		sift_down(h, index, last);
}
