/*
 * The inputs whose records a reader writes: which of them have come, which are
 * emitted, and what is to be removed from the queue when it is written. All of
 * the output goes through the order.
 */
#ifndef GATHER_COMMAND_QUEUE_INPUTS_H
#define GATHER_COMMAND_QUEUE_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "order/order.h"
#include "resp/reply.h"

/* Records of an input at the server, to be removed from it. */
struct removal {
	char id[48];
	uint64_t n;
	uint64_t bytes;
	char kind; /* '1' ok, '0' failed, '2' a second one: not written */
};

struct inputs {
	bool in_order;            /* --order input */
	struct order *order;      /* borrowed */
	struct hash_table table;  /* of inputs with a slot, by n */
	uint64_t slots;           /* n of the last one that has a slot */
	uint64_t next;            /* n of the first one that is not emitted */
	uint64_t counted;         /* bytes of all that are */
	struct buf put;           /* bitmap of those that were written before;
	                           * the caller's to fill in */
	struct removal *removals; /* what was emitted, in its order */
	size_t removals_len;
	uint64_t unremoved_bytes; /* of them */
};

void inputs_init(struct inputs *, struct order *, enum order_kind);
void inputs_release(struct inputs *);
/* All inputs before `n` were written by earlier readers. */
void inputs_begin_at(struct inputs *, uint64_t n);
/* Has input `n` no records so far? Else these are second ones. */
bool inputs_is_new(struct inputs *, uint64_t n);
/* Put the records of a new input in their place. */
void inputs_put(
    struct inputs *, const struct removal *, const struct queue_reply *records);
/* Add what is to be removed, behind all that was added before. */
void inputs_add_removal(struct inputs *, const struct removal *);
/* Add what the order has emitted to the removals. What is left waits for the
 * writer, or for an input whose records have not come. */
void inputs_count_emitted(struct inputs *);
/* Are there outputs that only wait for the writer? */
bool inputs_lag(struct inputs *);
/* No more records come: emit all, past inputs that have none. */
void inputs_finish(struct inputs *);
/* The first `count` removals are done. */
void inputs_drop_removed(struct inputs *, size_t count);

#endif
