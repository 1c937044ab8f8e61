/*
 * An intrusive binary heap of moments: the earliest is on top. An object
 * that waits for a moment embeds a node; equal moments come out in the order
 * in which they went in.
 */
#ifndef GATHER_BASE_HEAP_H
#define GATHER_BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_node {
	int64_t at;   /* the moment; unit is the owner's, usually us */
	uint64_t seq; /* the heap's: its pushes counted; breaks ties */
	size_t index; /* the heap's: 1-based place, 0 = in no heap */
};

struct heap {
	struct heap_node **nodes;
	size_t len;
	size_t cap;
	uint64_t next_seq;
};

void heap_init(struct heap *);
/* Frees the heap's own memory, not the nodes. */
void heap_release(struct heap *);
/* `node` must be in no heap. */
void heap_push(struct heap *, struct heap_node *node, int64_t at);
/* The earliest node, still inside; NULL if the heap is empty. */
struct heap_node *heap_top(const struct heap *);
struct heap_node *heap_pop(struct heap *);
/* A node that is in no heap is left alone. */
void heap_remove(struct heap *, struct heap_node *node);

static inline bool
heap_holds(const struct heap_node *node)
{
	return node->index != 0;
}

#endif
