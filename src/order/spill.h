/*
 * The spill file: what is done and waits for its turn, and is too much for
 * memory. An unlinked file in $TMPDIR, made on first use, written and read
 * by the writer's thread only, so that the loop never waits for a disk. What
 * cannot be written stays in memory.
 */
#ifndef GATHER_ORDER_SPILL_H
#define GATHER_ORDER_SPILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/io.h"
#include "writer/writer.h"

struct spill;

struct spill *spill_new(struct writer *, uint64_t limit_bytes);
/* Before writer_close: the file goes when the thread has come that far. */
void spill_free(struct spill *);

/* May `size` bytes be added? No: it is full, or a write has failed. */
bool spill_accepts(struct spill *, uint64_t size);
/* Append; returns the offset. Two calls in a row append in a row. */
uint64_t spill_add(struct spill *, const char *data, size_t len);
/* The same with all `size` bytes of a file; `fd` is owned from here on. */
void spill_add_file(struct spill *, int fd, uint64_t size);
/* What was added: in one piece, or in several whose ranges were added, too,
 * as an array. */
struct spilled {
	struct file_range range; /* of the piece; of several: where the array
	                          * begins, and what they hold altogether */
	uint32_t pieces;         /* 0: one */
};

/* Queue it for stdout but for the first `skip` bytes, and give its place
 * back. */
void spill_emit(struct spill *, struct spilled, uint64_t skip);

/* Added and not emitted. */
uint64_t spill_live_bytes(const struct spill *);
/* Added and still in memory. */
uint64_t spill_backlog_bytes(const struct spill *);

#endif
