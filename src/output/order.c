#include "config.h"

#include "output/order.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/xalloc.h"
#include "output/pieces.h"
#include "output/spill.h"

#define SPILL_MAX   ((uint64_t)1 << 30)
#define BACKLOG_MAX ((uint64_t)16 << 20)

enum {
	BATCH_SIZE = 64 * 1024, /* the writer's */
	MOVE_SIZE = 16 * 1024,  /* from here on moving beats copying */
	MALLOC_COST = 16        /* what malloc adds to a block, about */
};

enum slot_state {
	SLOT_OPEN,   /* waiting or flying: `owner` stands in it */
	SLOT_HELD,   /* done: `bytes`, `size` */
	SLOT_SPILLED /* neighbours, done: `offset`, `size` in the spill file,
	              * each with its separator in front */
};

struct slot {
	struct list link;
	union {
		void *owner;
		char *bytes;
		uint64_t offset;
	};
	uint64_t size;
	enum slot_state state;
	bool passed; /* the cursor has gone by */
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
	struct buf batch; /* emitted in this turn of the loop */
};

static struct slot *
slot_of(struct list *link)
{
	return container_of(link, struct slot, link);
}

struct order *
order_new(const struct output_options *options, struct framing framing,
    struct writer *writer)
{
	struct order *o = xcalloc(1, sizeof(*o));

	o->writer = writer;
	o->spill = spill_new(writer, SPILL_MAX);
	order_set_framing(o, framing);
	o->kind = options->order;
	o->limit = options->order_buffer;
	list_init(&o->slots);
	o->first_open = &o->slots;
	o->cursor = &o->slots;
	buf_init(&o->batch);
	return o;
}

void
order_set_framing(struct order *o, struct framing framing)
{
	assert(!o->headed);
	o->framing = framing;
	o->separator_len = strlen(framing.separator);
}

static void
put_head(struct order *o)
{
	if (!o->headed)
		buf_adds(&o->batch, o->framing.head);
	o->headed = true;
}

static void
drop_slot(struct order *o, struct slot *s)
{
	if (o->cursor == &s->link)
		o->cursor = s->link.next;
	list_remove(&s->link);
	free(s);
}

void
order_free(struct order *o)
{
	if (!o)
		return;
	while (!list_empty(&o->slots)) {
		struct slot *s = slot_of(o->slots.next);

		if (s->state == SLOT_HELD)
			free(s->bytes);
		drop_slot(o, s);
	}
	spill_free(o->spill);
	buf_release(&o->batch);
	free(o);
}

static struct slot *
add_slot(struct order *o, struct list *at, void *owner)
{
	struct slot *s = xcalloc(1, sizeof(*s));

	s->owner = owner;
	s->state = SLOT_OPEN;
	list_insert_before(at, &s->link);
	if (o->cursor == at)
		o->cursor = &s->link;
	if (o->first_open == at)
		o->first_open = &s->link;
	return s;
}

struct slot *
order_append(struct order *o, void *owner)
{
	return add_slot(o, &o->slots, owner);
}

struct slot *
order_insert(struct order *o, struct slot *at, void *owner)
{
	struct slot *s = add_slot(o, &at->link, owner);

	s->passed = at->passed;
	return s;
}

/* Emitting. */

static void
flush_batch(struct order *o)
{
	writer_stdout(o->writer, &o->batch);
}

/* So that a batch is one write, which ends at a record's end. */
static void
make_room(struct order *o, size_t len)
{
	if (o->batch.len + len > BATCH_SIZE)
		flush_batch(o);
}

static void
put_separator(struct order *o)
{
	put_head(o);
	if (o->begun)
		buf_add(&o->batch, o->framing.separator, o->separator_len);
	o->begun = true;
}

static void
put_buf(struct order *o, struct buf *bytes)
{
	if (bytes->len < MOVE_SIZE) {
		buf_add(&o->batch, bytes->data, bytes->len);
		buf_clear(bytes);
		return;
	}
	flush_batch(o);
	writer_stdout(o->writer, bytes);
}

static void
emit_encoded(struct order *o, struct encoded *e)
{
	make_room(o, o->separator_len + e->out.len + e->after.len);
	put_separator(o);
	put_buf(o, &e->out);
	if (e->size) {
		flush_batch(o);
		writer_stdout_file(o->writer, e->fd, 0, e->size);
	}
	put_buf(o, &e->after);
}

static uint64_t
held_cost(const struct slot *s)
{
	return s->size + sizeof(*s) + 2 * MALLOC_COST;
}

static void
emit_held(struct order *o, struct slot *s)
{
	struct buf bytes = {s->bytes, s->size, s->size + 1};

	o->held -= held_cost(s);
	make_room(o, o->separator_len + bytes.len);
	put_separator(o);
	put_buf(o, &bytes);
	buf_release(&bytes);
}

static void
emit_spilled(struct order *o, const struct slot *s)
{
	put_head(o);
	flush_batch(o);
	spill_emit(o->spill, (struct range){s->offset, s->size},
	    o->begun ? 0 : o->separator_len);
	o->begun = true;
}

static void
emit_slot(struct order *o, struct slot *s)
{
	if (s->state == SLOT_HELD)
		emit_held(o, s);
	else
		emit_spilled(o, s);
	drop_slot(o, s);
}

/* As far as the writer keeps up: all at once could be the whole of
 * --order-buffer, and stall the loop. */
static void
emit_front(struct order *o)
{
	while (o->slots.next != o->first_open &&
	       writer_pending(o->writer) + o->batch.len <= WRITER_STDOUT_MAX)
		emit_slot(o, slot_of(o->slots.next));
}

void
order_finish(struct order *o)
{
	struct list *at = o->slots.next;

	while (at != &o->slots) {
		struct slot *s = slot_of(at);

		at = at->next;
		if (s->state != SLOT_OPEN)
			emit_slot(o, s);
	}
	put_head(o);
	buf_adds(&o->batch, o->framing.tail);
	flush_batch(o);
}

/* Holding and spilling. */

/* `s` is spilled from `offset` on: one with its neighbour if that ends
 * there. */
static void
become_extent(struct order *o, struct slot *s, struct range range)
{
	struct slot *before = slot_of(s->link.prev);

	if (s->link.prev != &o->slots && before->state == SLOT_SPILLED &&
	    before->offset + before->size == range.offset) {
		before->size += range.size;
		drop_slot(o, s);
		return;
	}
	s->state = SLOT_SPILLED;
	s->offset = range.offset;
	s->size = range.size;
}

static bool
spill_slot(struct order *o, struct slot *s)
{
	struct range range = {.size = o->separator_len + s->size};

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

static void
spill_from_cursor(struct order *o)
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

void
order_flush(struct order *o)
{
	emit_front(o);
	flush_batch(o);
	if (o->held > o->limit)
		spill_from_cursor(o); /* there may be room by now */
}

/* A spilled body that has to wait is copied: descriptors are few. */
static bool
spill_body(struct order *o, struct slot *s, const struct encoded *e)
{
	struct range range = {
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
	struct range whole = {0, e->size};

	if (pieces_of_file(e->fd, whole, add_piece, &e->out) < 0)
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
		spill_from_cursor(o);
}

static void
hold(struct order *o, struct slot *s, struct encoded *e)
{
	if (e->size) {
		if (spill_body(o, s, e))
			return;
		flatten(e);
	}
	hold_bytes(o, s, &e->out);
}

/* `s` is open no more; what was done behind it may be emittable now. */
static void
pass_by(struct order *o, const struct slot *s)
{
	if (o->first_open != &s->link)
		return;
	do
		o->first_open = o->first_open->next;
	while (o->first_open != &o->slots &&
	       slot_of(o->first_open)->state != SLOT_OPEN);
}

void
order_done(struct order *o, struct slot *s, struct encoded *e)
{
	bool now = o->kind == ORDER_DONE || o->slots.next == &s->link;

	pass_by(o, s);
	if (!now && !encoded_empty(e)) {
		hold(o, s, e);
	} else {
		if (!encoded_empty(e))
			emit_encoded(o, e);
		drop_slot(o, s);
	}
	emit_front(o);
	buf_clear(&e->out);
	buf_clear(&e->after);
	e->size = 0;
	e->fd = -1;
}

/* What the run asks. */

void *
order_head(const struct order *o)
{
	if (o->first_open == &o->slots)
		return NULL;
	return slot_of(o->first_open)->owner;
}

bool
order_has_room(const struct order *o)
{
	return o->slots.next == o->first_open && o->held <= o->limit &&
	       spill_backlog_bytes(o->spill) <= BACKLOG_MAX;
}

uint64_t
order_held_bytes(const struct order *o)
{
	return o->held;
}

uint64_t
order_spilled_bytes(const struct order *o)
{
	return spill_live_bytes(o->spill);
}
