/*
 * The order: one sequence of slots, in the order of the input. A slot keeps its
 * request's place through retries, redirects and holds. When the request is
 * done, the slot keeps only its encoded bytes, in memory or in the spill file.
 * Slots that are done at the front of the sequence are emitted to the writer.
 *
 * At most --order-buffer bytes wait in memory, the slots themselves included.
 * Beyond that, neighbouring slots that are done are written to the spill file
 * together, by the writer's thread, and become one extent. Everything here is
 * called on the loop's thread, and nothing blocks.
 */
#ifndef GATHER_ORDER_ORDER_H
#define GATHER_ORDER_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/format.h"
#include "format/options.h"
#include "writer/encoded.h"
#include "writer/writer.h"

struct order;
struct slot;

/* `writer` and the strings of the framing (what stands before, between and
 * after the outputs) are borrowed. Never fails. */
struct order *order_new(
    const struct output_options *, struct framing, struct writer *writer);
/* Replace the framing. Only while nothing has been emitted. */
void order_set_framing(struct order *, struct framing);
/* Free the order with all its slots. Call it before writer_close, which still
 * writes what was emitted. NULL is fine. */
void order_free(struct order *);

/* Append an open slot to the sequence. `owner` is what order_head returns while
 * the slot is the first that is not done. Slots belong to the order. */
struct slot *order_append(struct order *, void *owner);
/* Insert an open slot in front of `at`. Children go before the slot of the
 * parent that makes them, which stays open until it has made all. */
struct slot *order_insert(struct order *, struct slot *at, void *owner);
/* Give an open slot another owner. */
void order_own(struct slot *, void *owner);
/*
 * The slot's request is done, and `e` is its output, maybe an empty one. The
 * content of `e` is moved out (but not its asides: encoded_send_asides); e->fd
 * stays the caller's to close. With ORDER_INPUT the output waits for its turn,
 * with ORDER_DONE it is emitted now. The slot must not be used any more.
 */
void order_done(struct order *, struct slot *, struct encoded *e);
/* May the output of this open slot go out now, before it is complete? Only if
 * it is the first of all, with ORDER_INPUT. */
bool order_is_turn_of(const struct order *, const struct slot *);
/* Emit the beginning of an output whose turn it is; `e` is moved out as by
 * order_done, which will be called with the rest of it. */
void order_begin(struct order *, struct slot *, struct encoded *e);
/* Emit more of an output that was begun. The content is moved out. */
void order_go_on(struct order *, struct slot *, struct buf *bytes);
/* Hand the writer what was emitted, and emit what it had no room for before.
 * Call it once in each turn of the loop, and when writer_fd woke the loop. */
void order_flush(struct order *);
/* The run has ended, or was cut short: emit every slot that is done, in order,
 * past those that are not; then the tail of the framing; and flush. */
void order_finish(struct order *);

/* The owner of the first slot that is not done, for which the output waits
 * (with ORDER_DONE it is just the oldest). NULL: all slots are done. */
void *order_head(const struct order *);
/* May requests other than that of the head start? False while outputs at the
 * front wait for the writer, and while more bytes are held in memory than
 * --order-buffer allows, because the spill file is full, cannot be written, or
 * lags behind. */
bool order_has_room(const struct order *);
/* The bytes of outputs that wait for their turn, in memory (with what their
 * slots take) and in the spill file. */
uint64_t order_held_bytes(const struct order *);
uint64_t order_spilled_bytes(const struct order *);
/* The bytes of all outputs that were emitted so far, with what stands between
 * them. order_flush hands them to the writer. */
uint64_t order_emitted_bytes(const struct order *);
/* The number of nodes that represent all slots; an extent of many slots is one
 * node. Each takes 48 bytes. */
size_t order_nodes(const struct order *);

#endif
