#include "config.h"

#include "input/har_index.h"

#include <stdlib.h>

#include "base/xalloc.h"

void
har_index_add(struct har_index *x, const struct har_piece *piece)
{
	x->items = xgrow(x->items, x->len, sizeof(*x->items));
	x->items[x->len++] = (struct har_slot){
	    .place = piece->place,
	    .number = piece->number,
	    .line = piece->line,
	    .offset = piece->offset,
	    .len = piece->len,
	    .too_long = piece->too_long,
	};
}

static int
compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_slots(const void *left, const void *right)
{
	const struct har_slot *a = left, *b = right;
	const struct har_place *p = &a->place, *q = &b->place;
	int order = compare(p->n - 1, q->n - 1); /* 0, which is none, is last */

	if (!order)
		order = compare(p->k, q->k);
	if (!order)
		order = compare(p->page, q->page);
	if (!order)
		order = compare(p->attempt, q->attempt);
	if (!order)
		order = compare(p->hop, q->hop);
	return order ? order : compare(a->number, b->number);
}

void
har_index_sort(struct har_index *x)
{
	if (x->len)
		qsort(x->items, x->len, sizeof(*x->items), compare_slots);
}

const struct har_slot *
har_index_peek(const struct har_index *x)
{
	return x->taken < x->len ? &x->items[x->taken] : NULL;
}

const struct har_slot *
har_index_take(struct har_index *x)
{
	const struct har_slot *next = har_index_peek(x);

	x->taken += next != NULL;
	return next;
}

void
har_index_release(struct har_index *x)
{
	free(x->items);
	*x = (struct har_index){0};
}
