#include "config.h"

#include "order/order_private.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/xalloc.h"

enum {
	INDEX_MAX = 1024,   /* extents that become one index */
	INDEX_MIN = 16,     /* fewer are not worth it */
	COLLAPSE_MIN = 4096 /* extents in all: 200 KiB */
};

/* `s` is spilled from `offset` on: one with its neighbour if that ends
 * there. */
static void
become_extent(struct order *o, struct slot *s, struct file_range range)
{
	struct slot *before = slot_of(s->link.prev);

	if (s->link.prev != &o->slots && before->state == SLOT_EXTENT &&
	    before->offset + before->size == range.offset) {
		before->size += range.size;
		order_drop(o, s);
		return;
	}
	s->state = SLOT_EXTENT;
	o->extents++;
	s->offset = range.offset;
	s->size = range.size;
}

/*
 * Neighbours that were done too far apart in time stand apart in the file:
 * many such extents, from `first` on, become one index. Returns the link
 * behind them.
 */
static struct list *
collapse_from(struct order *o, struct slot *first)
{
	struct file_range ranges[INDEX_MAX];
	struct list *at = &first->link;
	uint64_t size = 0;
	uint32_t n = 0;

	while (at != &o->slots && slot_of(at)->state == SLOT_EXTENT &&
	       n < INDEX_MAX) {
		ranges[n++] =
		    (struct file_range){slot_of(at)->offset, slot_of(at)->size};
		size += slot_of(at)->size;
		at = at->next;
	}
	if (n < INDEX_MIN || !spill_accepts(o->spill, n * sizeof(*ranges)))
		return at;
	while (first->link.next != at)
		order_drop(o, slot_of(first->link.next));
	first->state = SLOT_INDEX;
	o->extents--;
	first->offset =
	    spill_add(o->spill, (const char *)ranges, n * sizeof(*ranges));
	first->size = size;
	first->pieces = n;
	return at;
}

/* Extents stand in front of the cursor. */
static void
collapse(struct order *o)
{
	struct list *at = o->slots.next;

	while (at != &o->slots && at != o->cursor) {
		struct slot *s = slot_of(at);

		at = s->state == SLOT_EXTENT ? collapse_from(o, s) : at->next;
	}
	o->collapse_at = 2 * o->extents;
	if (o->collapse_at < COLLAPSE_MIN)
		o->collapse_at = COLLAPSE_MIN;
}

static bool
spill_slot(struct order *o, struct slot *s)
{
	struct file_range range = {.size = o->separator_len + s->size};

	if (!spill_accepts(o->spill, range.size))
		return false;
	range.offset =
	    spill_add(o->spill, o->framing.separator, o->separator_len);
	spill_add(o->spill, s->bytes, s->size);
	o->held -= held_cost(s);
	free(s->bytes);
	become_extent(o, s, range);
	return true;
}

void
order_spill(struct order *o)
{
	while (o->held > o->limit && o->cursor != &o->slots) {
		struct slot *s = slot_of(o->cursor);

		o->cursor = s->link.next;
		s->passed = true;
		if (s->state == SLOT_HELD && !spill_slot(o, s)) {
			o->cursor = &s->link;
			return;
		}
	}
}

/* A spilled body that has to wait is copied: descriptors are few. */
static bool
spill_body(struct order *o, struct slot *s, const struct encoded *e)
{
	struct file_range range = {
	    .size = o->separator_len + e->out.len + e->size + e->after.len};

	int own;

	if (!spill_accepts(o->spill, range.size))
		return false;
	own = fcntl(e->fd, F_DUPFD_CLOEXEC, 0);
	if (own < 0)
		return false;
	range.offset =
	    spill_add(o->spill, o->framing.separator, o->separator_len);
	spill_add(o->spill, e->out.data, e->out.len);
	spill_add_file(o->spill, own, e->size);
	spill_add(o->spill, e->after.data, e->after.len);
	become_extent(o, s, range);
	return true;
}

static void
add_piece(void *arg, const char *data, size_t len)
{
	buf_add(arg, data, len);
}

/* Everything of `e` in one piece of memory in e->out. */
static void
flatten(struct encoded *e)
{
	struct file_range whole = {0, e->size};

	if (io_read_range(e->fd, whole, add_piece, &e->out) < 0)
		die("cannot read a spilled body");
	buf_add(&e->out, e->after.data, e->after.len);
}

static void
hold_bytes(struct order *o, struct slot *s, struct buf *bytes)
{
	s->state = SLOT_HELD;
	s->size = bytes->len;
	if (bytes->len < MOVE_SIZE)
		s->bytes = xmemdup0(bytes->data, bytes->len);
	else
		s->bytes = xreallocarray(buf_take(bytes), s->size + 1, 1);
	o->held += held_cost(s);
	if (o->held <= o->limit)
		return;
	if (s->passed)
		spill_slot(o, s);
	else
		order_spill(o);
}

void
order_hold(struct order *o, struct slot *s, struct encoded *e)
{
	if (e->size == 0 || !spill_body(o, s, e)) {
		if (e->size)
			flatten(e);
		hold_bytes(o, s, &e->out);
	}
	if (o->extents >= COLLAPSE_MIN && o->extents >= o->collapse_at)
		collapse(o);
}
