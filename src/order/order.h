/*
 * The order: one sequence of slots, in input order. A slot holds the
 * request's place through retries, hops and holds; when the request is done
 * it holds the encoded bytes only, in memory or in the spill file; what
 * stands at the front and is done is emitted to the writer.
 *
 * In memory wait at most --order-buffer bytes, the slots themselves
 * included. Beyond, neighbouring done slots are written to the spill file
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

/* `writer` and the framing's strings are borrowed. */
struct order *order_new(
    const struct output_options *, struct framing, struct writer *writer);
/* Another one, before anything is done. */
void order_set_framing(struct order *, struct framing);
/* Before writer_close, which still writes what was emitted. */
void order_free(struct order *);

/* A new place behind all others; `owner` is whatever stands in it. */
struct slot *order_append(struct order *, void *owner);
/* A new place right in front of `at`: a child before its parent's cursor. */
struct slot *order_insert(struct order *, struct slot *at, void *owner);
/* Somebody else stands in the place now. */
void order_own(struct slot *, void *owner);
/*
 * It is done: `e` is its output, maybe none. The content of `e` is moved out
 * (asides excepted, encoded_send_asides); its fd stays the caller's. With
 * ORDER_INPUT the output waits for its turn. The slot is the order's from
 * now on.
 */
void order_done(struct order *, struct slot *, struct encoded *e);
/* Hand over to the writer what is gathered, and what it had no room for so
 * far; once per turn of the loop, and when writer_fd woke it. */
void order_flush(struct order *);
/* Everything that is done, in order, over gaps: for a run cut short. Then
 * the tail of the framing; flushed. */
void order_finish(struct order *);

/* The owner of the first slot that is not done (with ORDER_DONE the oldest);
 * NULL: all are done. */
void *order_head(const struct order *);
/* May anything but the head start? False while results wait for the writer,
 * and while more wait in memory than allowed: the spill file is full, cannot
 * be written, or lags. */
bool order_has_room(const struct order *);
/* Done, not emittable: bytes in memory, bytes in the spill file. */
uint64_t order_held_bytes(const struct order *);
uint64_t order_spilled_bytes(const struct order *);
/* How many nodes stand for all slots: each takes 48 bytes. */
size_t order_nodes(const struct order *);

#endif
