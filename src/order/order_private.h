/* What the two halves of the order share: slots and their emission
 * (order.c), and what waits for its turn (order_hold.c). */
#ifndef GATHER_ORDER_ORDER_PRIVATE_H
#define GATHER_ORDER_ORDER_PRIVATE_H

#include "order/order.h"

#include "base/io.h"
#include "base/list.h"
#include "order/spill.h"

enum {
	MOVE_SIZE = 16 * 1024, /* from here on moving beats copying */
	MALLOC_COST = 16       /* what malloc adds to a block, about */
};

enum slot_state {
	SLOT_OPEN, /* waiting or flying: `owner` stands in it */
	SLOT_HELD, /* done: `bytes`, `size` */
	/* Neighbours, done, in the spill file, each with its separator in
	 * front: */
	SLOT_EXTENT, /* in one piece: `offset`, `size` */
	SLOT_INDEX,  /* in `pieces` pieces of `size` altogether, whose ranges
	              * stand in the spill file at `offset` */
};

struct slot {
	struct list link;
	union {
		void *owner;
		char *bytes;
		uint64_t offset;
	};
	uint64_t size;
	uint32_t pieces;
	unsigned char state; /* enum slot_state */
	bool passed;         /* the cursor has gone by */
};

struct order {
	struct writer *writer;
	struct spill *spill;
	struct framing framing;
	size_t separator_len;
	enum order_kind kind;
	uint64_t limit; /* of `held` */
	uint64_t held;
	bool headed; /* the framing's head was emitted */
	bool begun;  /* something was emitted: a separator comes first */
	struct list slots;
	struct list *first_open; /* what stands before it is emittable */
	/* Slots before it were offered to the spill file: they are open,
	 * spilled, or were done later. It makes spilling a walk over every
	 * slot once, in an order that keeps extents long. */
	struct list *cursor;
	size_t extents;     /* among the slots */
	size_t collapse_at; /* so many, and they become indexes */
	struct buf batch;   /* emitted in this turn of the loop */
};

static inline struct slot *
slot_of(struct list *link)
{
	return container_of(link, struct slot, link);
}

/* What a held slot takes of the limit. */
static inline uint64_t
held_cost(const struct slot *s)
{
	return s->size + sizeof(*s) + 2 * MALLOC_COST;
}

/* Out of the sequence, and free it. */
void order_drop(struct order *, struct slot *);
/* Keep the output of a slot until its turn; may merge `s` into another. */
void order_hold(struct order *, struct slot *s, struct encoded *e);
/* Spill what is beyond the limit, as far as there is room. */
void order_spill(struct order *);

#endif
