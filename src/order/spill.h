/*
 * The spill file: outputs that wait for their turn and are too much for
 * memory. It is an unlinked file in $TMPDIR, made on first use, written and
 * read by the writer's thread only, so that the loop never waits for a disk.
 * What cannot be written stays in memory.
 */
#ifndef GATHER_ORDER_SPILL_H
#define GATHER_ORDER_SPILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/io.h"
#include "writer/writer.h"

struct spill;

/* At most `limit_bytes` are in the file at a time. The writer is borrowed. */
struct spill *spill_new(struct writer *, uint64_t limit_bytes);
/* Call it before writer_close: the file is closed when the thread is done with
 * what was queued for it. NULL is fine. */
void spill_free(struct spill *);

/* May `size` bytes be added? Not if the file is full, cannot be made, or a
 * write has failed. */
bool spill_accepts(struct spill *, uint64_t size);
/* Append `data`, for which there is room (spill_accepts); returns its offset.
 * Bytes of successive calls are adjacent. */
uint64_t spill_add(struct spill *, const char *data, size_t len);
/* Append all `size` bytes of file `fd`, which is owned from here on. */
void spill_add_file(struct spill *, int fd, uint64_t size);
/* Bytes that were added: one piece, or several, whose ranges were added as an
 * array of struct file_range. */
struct spilled {
	struct file_range range; /* of the piece; of several: where the array
	                          * begins, and what they hold altogether */
	uint32_t pieces;         /* 0: one */
};

/* Queue them for stdout, without the first `skip` bytes, and give their room
 * in the file back. A failed read is an error of stdout (writer_error). */
void spill_emit(struct spill *, struct spilled, uint64_t skip);

/* Bytes that were added and not emitted. */
uint64_t spill_live_bytes(const struct spill *);
/* Bytes that were added and are still in memory: the disk lags. */
uint64_t spill_backlog_bytes(const struct spill *);

#endif
