#include "config.h"

#include "order/order_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

#define SPILL_MAX   ((uint64_t)1 << 30)
#define BACKLOG_MAX ((uint64_t)16 << 20)

enum {
	BATCH_SIZE = 64 * 1024 /* the writer's */
};

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

void
order_drop(struct order *o, struct slot *s)
{
	if (o->cursor == &s->link)
		o->cursor = s->link.next;
	if (s->state == SLOT_EXTENT)
		o->extents--;
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
		order_drop(o, s);
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

void
order_own(struct slot *s, void *owner)
{
	assert(s->state == SLOT_OPEN);
	s->owner = owner;
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
	struct spilled what = {
	    .range = {s->offset, s->size},
	    .pieces = s->pieces,
	};

	put_head(o);
	flush_batch(o);
	spill_emit(o->spill, what, o->begun ? 0 : o->separator_len);
	o->begun = true;
}

static void
emit_slot(struct order *o, struct slot *s)
{
	if (s->state == SLOT_HELD)
		emit_held(o, s);
	else
		emit_spilled(o, s);
	order_drop(o, s);
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

void
order_flush(struct order *o)
{
	emit_front(o);
	flush_batch(o);
	if (o->held > o->limit)
		order_spill(o); /* there may be room by now */
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
		order_hold(o, s, e);
	} else {
		if (!encoded_empty(e))
			emit_encoded(o, e);
		order_drop(o, s);
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

size_t
order_nodes(const struct order *o)
{
	size_t n = 0;

	LIST_FOREACH (link, &o->slots)
		n++;
	return n;
}
