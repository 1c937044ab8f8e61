/*
 * An intrusive binary heap of moments: the earliest is on top. An object
 * that waits for a moment embeds a node; equal moments come out in the order
 * in which they went in, so that tests and comparisons repeat exactly.
 */
#ifndef GATHER_BASE_HEAP_H
#define GATHER_BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_node {
	int64_t at;   /* the moment; its unit is the owner's, usually us */
	uint64_t seq; /* the heap's: number of its push, which breaks ties */
	size_t index; /* the heap's: place from 1 on; 0: in no heap */
};

struct heap {
	struct heap_node **nodes; /* borrowed; nodes[0] is on top */
	size_t len;
	size_t cap;
	uint64_t next_seq; /* of the next push */
};

/* Initialise an empty heap. */
void heap_init(struct heap *);
/* Free the heap's own memory, not the nodes, and leave it empty. */
void heap_release(struct heap *);
/* Add a node, which must be in no heap, for the moment `at`. */
void heap_push(struct heap *, struct heap_node *node, int64_t at);
/* Returns the earliest node, which stays inside; NULL: the heap is empty. */
struct heap_node *heap_top(const struct heap *);
/* Takes the earliest node out and returns it; NULL: the heap is empty. */
struct heap_node *heap_pop(struct heap *);
/* Take a node out of the heap; one that is in no heap is left alone. */
void heap_remove(struct heap *, struct heap_node *node);

/* Returns whether the node is in a heap. */
static inline bool
heap_holds(const struct heap_node *node)
{
	return node->index != 0;
}

#endif
