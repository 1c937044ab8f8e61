/*
 * The order: one sequence of slots, in input order. A slot keeps its request's
 * place through retries, redirects and holds. When the request is done the
 * slot keeps only its encoded bytes, in memory or in the spill file. Slots that
 * are done at the front of the sequence are emitted to the writer.
 *
 * At most --order-buffer bytes wait in memory, the slots themselves included.
 * Beyond that, neighbouring slots that are done are written to the spill file
 * together, by the writer's thread, and become one extent.
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

/* `writer` and the framing's strings are borrowed. Never fails. */
struct order *order_new(
    const struct output_options *, struct framing, struct writer *writer);
/* Replace the framing, before any slot is done. */
void order_set_framing(struct order *, struct framing);
/* Call it before writer_close, which still writes what was emitted. NULL is
 * fine. */
void order_free(struct order *);

/* A new slot behind all others; `owner` is what order_head returns while it
 * is the first that is not done. */
struct slot *order_append(struct order *, void *owner);
/* A new slot right in front of `at`: children go before the slot of the parent
 * that makes them. */
struct slot *order_insert(struct order *, struct slot *at, void *owner);
/* Give an open slot another owner. */
void order_own(struct slot *, void *owner);
/*
 * The slot's request is done, and `e` is its output, maybe none. The content
 * of `e` is moved out (but its asides: encoded_send_asides); e->fd stays the
 * caller's to close. With ORDER_INPUT the output waits for its turn. The slot
 * is not to be used any more.
 */
void order_done(struct order *, struct slot *, struct encoded *e);
/* Hand the writer what was emitted, and emit what it had no room for before.
 * Call it once per turn of the loop, and when writer_fd woke it. */
void order_flush(struct order *);
/* Emit every slot that is done, in order, past those that are not (a run that
 * was cut short), then the tail of the framing, and flush. */
void order_finish(struct order *);

/* The owner of the first slot that is not done (with ORDER_DONE that is the
 * oldest); NULL: all are done. */
void *order_head(const struct order *);
/* May anything but the head start? False while results wait for the writer,
 * and while more wait in memory than allowed: the spill file is full, cannot
 * be written, or lags. */
bool order_has_room(const struct order *);
/* Bytes of outputs that wait for their turn, in memory and in the spill
 * file. */
uint64_t order_held_bytes(const struct order *);
uint64_t order_spilled_bytes(const struct order *);
/* How many nodes represent all slots: each takes 48 bytes. */
size_t order_nodes(const struct order *);

#endif
