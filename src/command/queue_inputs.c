#include "config.h"

#include "command/queue_inputs.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum input_state {
	INPUT_OPEN, /* its records have not come */
	INPUT_HELD  /* they have, and wait for their turn */
};

/* What is known of an input that is not removed. */
struct input {
	uint64_t hash; /* of its n */
	enum input_state state;
	struct slot *slot;      /* of an open one */
	struct removal removal; /* of a held one */
};

void
inputs_init(struct inputs *in, struct order *order, enum order_kind kind)
{
	*in = (struct inputs){
	    .order = order,
	    .in_order = kind == ORDER_INPUT,
	    .next = 1,
	};
	hash_table_init(&in->table, sizeof(struct input), NULL);
}

void
inputs_release(struct inputs *in)
{
	hash_table_release(&in->table);
	buf_release(&in->put);
	free(in->removals);
}

static struct input *
find_input(struct inputs *in, uint64_t n)
{
	return hash_table_find(&in->table, hash_number(n), NULL);
}

/* Was it written by an earlier reader, as the bitmap says? */
static bool
is_put(const struct inputs *in, uint64_t n)
{
	return n / 8 < in->put.len &&
	       ((unsigned char)in->put.data[n / 8] >> (7 - n % 8) & 1);
}

static struct input *
add_input(struct inputs *in, uint64_t n)
{
	struct input *i = hash_table_add(&in->table, hash_number(n), NULL);

	i->slot = order_append(in->order, in);
	return i;
}

/* Give all inputs up to `n` a slot. */
static void
add_slots(struct inputs *in, uint64_t n)
{
	while (in->slots < n) {
		in->slots++;
		if (!is_put(in, in->slots))
			add_input(in, in->slots);
	}
}

void
inputs_add_removal(struct inputs *in, const struct removal *removal)
{
	in->removals =
	    xgrow(in->removals, in->removals_len, sizeof(*in->removals));
	in->removals[in->removals_len++] = *removal;
	in->unremoved_bytes += removal->bytes;
}

void
inputs_put(struct inputs *in, const struct removal *removal,
    const struct queue_reply *records)
{
	struct encoded e;
	struct input *i;

	if (in->in_order) {
		add_slots(in, removal->n);
		i = find_input(in, removal->n);
	} else {
		i = add_input(in, removal->n);
	}
	i->state = INPUT_HELD;
	i->removal = *removal;
	encoded_init(&e);
	buf_add(&e.out, records->text, records->len);
	if (!in->in_order) {
		in->counted += removal->bytes;
		inputs_add_removal(in, removal);
	}
	order_done(in->order, i->slot, &e);
	i->slot = NULL;
	encoded_release(&e);
}

bool
inputs_is_new(struct inputs *in, uint64_t n)
{
	struct input *i = find_input(in, n);

	if (i)
		return i->state == INPUT_OPEN;
	return !in->in_order || (n >= in->next && !is_put(in, n));
}

/* The input whose turn it is to be emitted; NULL: it has not come. */
static struct input *
next_held(struct inputs *in)
{
	struct input *i;

	while (in->next <= in->slots && is_put(in, in->next))
		in->next++;
	i = in->next <= in->slots ? find_input(in, in->next) : NULL;
	return i && i->state == INPUT_HELD ? i : NULL;
}

void
inputs_count_emitted(struct inputs *in)
{
	uint64_t emitted = order_emitted_bytes(in->order);
	struct input *i;

	while (in->in_order && (i = next_held(in)) &&
	       in->counted + i->removal.bytes <= emitted) {
		in->counted += i->removal.bytes;
		inputs_add_removal(in, &i->removal);
		hash_table_remove(&in->table, i);
		in->next++;
	}
}

static int
compare_n(const void *a, const void *b)
{
	const struct removal *x = a, *y = b;

	return x->n < y->n ? -1 : x->n > y->n;
}

void
inputs_finish(struct inputs *in)
{
	size_t from = in->removals_len, at = 0;
	struct input *i;

	order_finish(in->order);
	if (!in->in_order)
		return;
	while ((i = hash_table_next(&in->table, &at)))
		if (i->state == INPUT_HELD)
			inputs_add_removal(in, &i->removal);
	if (in->removals_len > from)
		qsort(in->removals + from, in->removals_len - from,
		    sizeof(*in->removals), compare_n);
}

void
inputs_drop_removed(struct inputs *in, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct removal *removal = &in->removals[i];
		struct input *input = find_input(in, removal->n);

		in->unremoved_bytes -= removal->bytes;
		if (!in->in_order && removal->kind != '2' && input)
			hash_table_remove(&in->table, input);
	}
	in->removals_len -= count;
	if (in->removals_len)
		memmove(in->removals, in->removals + count,
		    in->removals_len * sizeof(*in->removals));
}

void
inputs_begin_at(struct inputs *in, uint64_t n)
{
	in->next = n;
	in->slots = n - 1;
}

bool
inputs_lag(struct inputs *in)
{
	return in->in_order && next_held(in);
}
