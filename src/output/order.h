/*
 * The order: one sequence of slots, in input order. A slot holds the
 * request's place through retries, hops and holds; when the request is done
 * it holds the encoded bytes only, in memory or in the spill file; what
 * stands at the front and is done is emitted to the writer.
 */
#ifndef GATHER_OUTPUT_ORDER_H
#define GATHER_OUTPUT_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "output/format.h"
#include "output/options.h"
#include "output/writer.h"

struct order;
struct slot;

/* `writer` is borrowed. */
struct order *order_new(
    const struct output_options *, struct framing, struct writer *writer);
void order_free(struct order *);

/* A new place behind all others; `owner` is whatever stands in it. */
struct slot *order_append(struct order *, void *owner);
/* A new place right in front of `at`: a child before its parent's cursor. */
struct slot *order_insert(struct order *, struct slot *at, void *owner);
/* It is done: `bytes` (moved out) are its output, maybe none. With
 * ORDER_INPUT they wait for their turn. The slot is the order's from now on. */
void order_done(struct order *, struct slot *, struct buf *bytes);
/* The same with a body that was spilled by fetch: before, file, after. */
void order_done_file(struct order *, struct slot *, struct buf *before, int fd,
    uint64_t size, struct buf *after);
/* Hand over to the writer what is gathered; once per turn of the loop. */
void order_flush(struct order *);
/* Everything that is done, in order, over gaps: for a run cut short. Then
 * the tail of the framing. */
void order_finish(struct order *);

/* The owner of the first slot that is not done (with ORDER_DONE the oldest);
 * NULL: all are done. */
void *order_head(const struct order *);
/* May anything but the head start? False while the spill file is full. */
bool order_has_room(const struct order *);
/* Done, not emittable: bytes in memory, bytes spilled. */
uint64_t order_held_bytes(const struct order *);
uint64_t order_spilled_bytes(const struct order *);

#endif
