/*
 * From the top: the slots, how outputs are held and spilled until their turn,
 * and how they are emitted.
 *
 * A slow first request can make millions of others wait, so what is left of
 * each must be small: a slot in memory is one node and one block of bytes, and
 * spilled neighbours share a node.
 */
#include "config.h"

#include "order/order.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/list.h"
#include "base/spares.h"
#include "base/xalloc.h"
#include "order/spill.h"
#include "process/log.h"

#define SPILL_MAX   ((uint64_t)1 << 30)  /* bytes in the spill file */
#define BACKLOG_MAX ((uint64_t)16 << 20) /* bytes that the disk may lag */

enum {
	GATHER_SIZE = 64 * 1024, /* one write(2) of the writer */
	MOVE_SIZE = 16 * 1024,   /* from here on moving beats copying */
	MALLOC_COST = 16,        /* bytes that malloc adds to a block, about */
	INDEX_MAX = 1024,        /* extents that become one index: 16 KiB */
	INDEX_MIN = 16,          /* fewer save no memory worth the I/O */
	COLLAPSE_MIN = 4096,     /* collapse from so many extents on, whose
	                          * nodes take 200 KiB */
	LARGE_MIN = 1 << 20      /* bytes of a body for which a descriptor may
	                          * be kept */
};

enum slot_state {
	SLOT_OPEN, /* its request is waiting or in flight: `owner` */
	SLOT_HELD, /* its output is in memory: `bytes`, `size` */
	/* The outputs of one or more neighbours are in the spill file, each
	 * with its separator in front: */
	SLOT_EXTENT, /* in one piece: `offset`, `size` */
	SLOT_INDEX,  /* in `pieces` pieces of `size` altogether; the array of
	              * their ranges is in the spill file at `offset` */
	SLOT_LARGE,  /* its output is too much for the spill file: `large` */
};

struct slot {
	struct list link;
	union {
		void *owner;
		char *bytes;
		struct encoded *large; /* its descriptor is owned, too */
		uint64_t offset;
	};
	uint64_t size;
	uint32_t pieces;
	unsigned char state; /* enum slot_state */
	bool passed;         /* the spill cursor has gone past it */
	bool begun;          /* open, and part of its output is emitted */
};

struct order {
	struct writer *writer;
	struct spill *spill;
	struct framing framing;
	size_t separator_len;
	enum order_kind kind;
	uint64_t limit;    /* of `held` */
	uint64_t held;     /* bytes of SLOT_HELD, see held_cost */
	bool head_emitted; /* the framing's head */
	bool any_emitted;  /* a separator precedes the next output */
	struct list slots;
	struct spares spare_slots;
	/* The first slot whose request is not done; all slots before it can be
	 * emitted. &slots: there is none. */
	struct list *first_open;
	/* Spilling walks over the slots once, from the first to the last: that
	 * keeps extents long. The slots before this one are open, spilled, or
	 * became done after it went by (`passed`). */
	struct list *spill_cursor;
	size_t extents;      /* slots that are SLOT_EXTENT */
	size_t larges;       /* slots that are SLOT_LARGE */
	size_t collapse_at;  /* with so many of them, collapse() is tried */
	struct buf gathered; /* emitted, not yet the writer's */
	uint64_t handed_on;  /* bytes that are the writer's, since the start */
};

static struct slot *
slot_of(struct list *link)
{
	return container_of(link, struct slot, link);
}

/* The part of --order-buffer that a held slot takes, with its node and what
 * malloc adds to both blocks. */
static uint64_t
held_cost(const struct slot *s)
{
	return s->size + sizeof(*s) + 2 * MALLOC_COST;
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
	spares_init(&o->spare_slots, sizeof(struct slot));
	o->first_open = &o->slots;
	o->spill_cursor = &o->slots;
	buf_init(&o->gathered);
	return o;
}

void
order_set_framing(struct order *o, struct framing framing)
{
	assert(!o->head_emitted);
	o->framing = framing;
	o->separator_len = strlen(framing.separator);
}

/* Emit the framing's head, once. */
static void
put_head(struct order *o)
{
	if (!o->head_emitted)
		buf_adds(&o->gathered, o->framing.head);
	o->head_emitted = true;
}

static void
large_free(struct encoded *large)
{
	close(large->fd);
	encoded_release(large);
	free(large);
}

/* Take the slot out of the sequence, and free it. */
static void
drop_slot(struct order *o, struct slot *s)
{
	if (o->spill_cursor == &s->link)
		o->spill_cursor = s->link.next;
	if (s->state == SLOT_EXTENT)
		o->extents--;
	if (s->state == SLOT_LARGE) {
		large_free(s->large);
		o->larges--;
	}
	list_remove(&s->link);
	spares_give(&o->spare_slots, s);
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
	spares_release(&o->spare_slots);
	buf_release(&o->gathered);
	free(o);
}

/* Insert an open slot in front of `at`. It is the first open one if that was
 * `at`, and the cursor comes to it first. */
static struct slot *
add_slot(struct order *o, struct list *at, void *owner)
{
	struct slot *s = spares_take(&o->spare_slots);

	s->owner = owner;
	s->state = SLOT_OPEN;
	list_insert_before(at, &s->link);
	if (o->spill_cursor == at)
		o->spill_cursor = &s->link;
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

	/* The cursor that is past `at` is past the slot in front of it, too. */
	s->passed = at->passed;
	return s;
}

void
order_own(struct slot *s, void *owner)
{
	assert(s->state == SLOT_OPEN);
	s->owner = owner;
}

/* --- holding outputs until their turn ------------------------------------ */

/* `s` was spilled to `range`. Where the extent in front of it ends at that
 * place in the file, both become one, and `s` is freed. */
static void
make_extent(struct order *o, struct slot *s, struct file_range range)
{
	struct slot *before = slot_of(s->link.prev);

	if (s->link.prev != &o->slots && before->state == SLOT_EXTENT &&
	    before->offset + before->size == range.offset) {
		before->size += range.size;
		drop_slot(o, s);
		return;
	}
	s->state = SLOT_EXTENT;
	o->extents++;
	s->offset = range.offset;
	s->size = range.size;
}

/*
 * Neighbours that were done at different times are apart in the spill file, so
 * that their extents cannot be joined. Replace many such slots, from `first`
 * on, by one index. Returns the link behind them.
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
		drop_slot(o, slot_of(first->link.next));
	first->state = SLOT_INDEX;
	o->extents--;
	first->offset =
	    spill_add(o->spill, (const char *)ranges, n * sizeof(*ranges));
	first->size = size;
	first->pieces = n;
	return at;
}

/* Replace runs of extents by indexes, which takes time in proportion to the
 * slots. So it is tried again only when there are twice as many extents as it
 * left. Only slots before the spill cursor can be extents. */
static void
collapse(struct order *o)
{
	struct list *at = o->slots.next;

	while (at != &o->slots && at != o->spill_cursor) {
		struct slot *s = slot_of(at);

		at = s->state == SLOT_EXTENT ? collapse_from(o, s) : at->next;
	}
	o->collapse_at = 2 * o->extents;
	if (o->collapse_at < COLLAPSE_MIN)
		o->collapse_at = COLLAPSE_MIN;
}

/* Move the output of a held slot to the spill file; `s` may be freed. False:
 * the file does not accept it, and the slot stays as it is. */
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
	make_extent(o, s, range);
	return true;
}

/* Spill slots while more is held than the limit allows and the spill file
 * accepts it. */
static void
spill_excess(struct order *o)
{
	while (o->held > o->limit && o->spill_cursor != &o->slots) {
		struct slot *s = slot_of(o->spill_cursor);

		o->spill_cursor = s->link.next;
		s->passed = true;
		if (s->state == SLOT_HELD && !spill_slot(o, s)) {
			o->spill_cursor = &s->link;
			return;
		}
	}
}

/* Copy an output whose body is in a file of its own to the spill file: many
 * bodies may wait, and each would keep its descriptor. False: the spill file
 * does not accept it, or no descriptor is free for the writer's thread. */
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
	make_extent(o, s, range);
	return true;
}

/* Keep an output whose body is in a file of its own that the spill file does
 * not accept, by that file. False: it is small, or no descriptor is free. */
static bool
hold_file(struct order *o, struct slot *s, struct encoded *e)
{
	int own = e->size < LARGE_MIN ? -1 : fcntl(e->fd, F_DUPFD_CLOEXEC, 0);

	if (own < 0)
		return false;
	s->state = SLOT_LARGE;
	s->large = xcalloc(1, sizeof(*s->large));
	encoded_init(s->large);
	s->large->out = e->out;
	s->large->after = e->after;
	s->large->fd = own;
	s->large->size = e->size;
	buf_init(&e->out);
	buf_init(&e->after);
	o->larges++;
	return true;
}

/* Read the body of `e`, which is in a file, into memory: everything is in
 * e->out then. The file is our own, so that it cannot be read is fatal. */
static void
flatten(struct encoded *e)
{
	struct file_range whole = {0, e->size};

	if (io_add_range(e->fd, whole, &e->out) < 0)
		die("cannot read a spilled body: %s", io_error(errno));
	buf_add(&e->out, e->after.data, e->after.len);
}

/* Hold `bytes`, which are moved out, in memory; or in the spill file if they
 * are too many. A large block is cut to its size, a small one copied. */
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
		spill_excess(o);
}

/* Keep the output of a slot until its turn; `s` may be freed, as it may
 * become part of its neighbour. */
static void
hold(struct order *o, struct slot *s, struct encoded *e)
{
	if (e->size == 0 || (!spill_body(o, s, e) && !hold_file(o, s, e))) {
		if (e->size)
			flatten(e);
		hold_bytes(o, s, &e->out);
	}
	if (o->extents >= COLLAPSE_MIN && o->extents >= o->collapse_at)
		collapse(o);
}

/* --- emitting ----------------------------------------------------------- */

static void
flush_gathered(struct order *o)
{
	o->handed_on += o->gathered.len;
	writer_stdout(o->writer, &o->gathered);
}

/* Make room for `len` bytes of one output: those who read our stdout get whole
 * records with each write(2), as far as a record fits into one. */
static void
make_room(struct order *o, size_t len)
{
	if (o->gathered.len + len > GATHER_SIZE)
		flush_gathered(o);
}

static void
put_separator(struct order *o)
{
	put_head(o);
	if (o->any_emitted)
		buf_add(&o->gathered, o->framing.separator, o->separator_len);
	o->any_emitted = true;
}

/* Emit the bytes, which are moved out: few are gathered, many handed on. */
static void
put_buf(struct order *o, struct buf *bytes)
{
	if (bytes->len < MOVE_SIZE) {
		buf_add(&o->gathered, bytes->data, bytes->len);
		buf_clear(bytes);
		return;
	}
	flush_gathered(o);
	o->handed_on += bytes->len;
	writer_stdout(o->writer, bytes);
}

static void
emit_encoded(struct order *o, const struct slot *s, struct encoded *e)
{
	make_room(o, o->separator_len + e->out.len + e->after.len);
	if (!s->begun)
		put_separator(o);
	put_buf(o, &e->out);
	if (e->size) {
		flush_gathered(o);
		o->handed_on += e->size;
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

	/* The separator was spilled with the output, needed or not. */
	uint64_t skip = o->any_emitted ? 0 : o->separator_len;

	put_head(o);
	flush_gathered(o);
	o->handed_on += s->size - skip;
	spill_emit(o->spill, what, skip);
	o->any_emitted = true;
}

static void
emit_slot(struct order *o, struct slot *s)
{
	if (s->state == SLOT_HELD)
		emit_held(o, s);
	else if (s->state == SLOT_LARGE)
		emit_encoded(o, s, s->large);
	else
		emit_spilled(o, s);
	drop_slot(o, s);
}

/* Emit slots from the front, but only as far as the writer keeps up: all of
 * them at once could be the whole of --order-buffer, and stall the loop. */
static void
emit_front(struct order *o)
{
	while (o->slots.next != o->first_open &&
	       writer_pending(o->writer) + o->gathered.len <= WRITER_STDOUT_MAX)
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
	buf_adds(&o->gathered, o->framing.tail);
	flush_gathered(o);
}

void
order_flush(struct order *o)
{
	emit_front(o);
	flush_gathered(o);
	if (o->held > o->limit)
		spill_excess(o); /* the spill file may accept more by now */
}

bool
order_is_turn_of(const struct order *o, const struct slot *s)
{
	return o->kind == ORDER_INPUT && o->slots.next == &s->link;
}

void
order_begin(struct order *o, struct slot *s, struct encoded *e)
{
	assert(order_is_turn_of(o, s) && s->state == SLOT_OPEN);
	emit_encoded(o, s, e);
	s->begun = true;
}

void
order_go_on(struct order *o, struct slot *s, struct buf *bytes)
{
	assert(s->begun);
	put_buf(o, bytes);
}

/* `s` is no longer open. If it was the first open slot, those behind it that
 * are done can be emitted now. */
static void
advance_first_open(struct order *o, const struct slot *s)
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

	advance_first_open(o, s);
	if (!now && !encoded_empty(e)) {
		hold(o, s, e);
	} else {
		if (!encoded_empty(e))
			emit_encoded(o, s, e);
		drop_slot(o, s);
	}
	emit_front(o);
	buf_clear(&e->out);
	buf_clear(&e->after);
	e->size = 0;
	e->fd = -1;
}

/* --- what the run asks for admission ------------------------------------- */

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
	return o->slots.next == o->first_open && !o->larges &&
	       o->held <= o->limit &&
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

uint64_t
order_emitted_bytes(const struct order *o)
{
	return o->handed_on + o->gathered.len;
}

size_t
order_nodes(const struct order *o)
{
	size_t n = 0;

	LIST_FOREACH (link, &o->slots)
		n++;
	return n;
}
