/*
 * The entries of a HAR in the order in which a run of this program began them,
 * whatever order they have in the archive, where they stand as they ended. Only
 * where each begins is held, 64 bytes of each. Pure.
 */
#ifndef GATHER_INPUT_HAR_INDEX_H
#define GATHER_INPUT_HAR_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "har/cutter.h"

/* Where an entry stands, as in struct har_piece. */
struct har_slot {
	struct har_place place;
	uint64_t number;
	uint64_t line;
	uint64_t offset;
	size_t len;
	bool too_long;
};

/* Zero initialises it. */
struct har_index {
	struct har_slot *items; /* owned */
	size_t len;
	size_t taken; /* of them by har_index_take */
};

void har_index_add(struct har_index *, const struct har_piece *);
/* Sort by the input, then what followed on it, its pages, attempts and hops.
 * Entries that do not say it come last, in the order of the archive. */
void har_index_sort(struct har_index *);
/* The slot that is taken next, borrowed; NULL: all were. */
const struct har_slot *har_index_peek(const struct har_index *);
/* Take it. */
const struct har_slot *har_index_take(struct har_index *);
void har_index_release(struct har_index *);

#endif
