/*
 * The spill file holds outputs that wait for their turn and are too much for
 * memory. It is an unlinked file in $TMPDIR, made on first use, and written and
 * read by the writer's thread only, so that the loop never waits for a disk.
 * Bytes that cannot be written stay in memory. Offsets and sizes are bytes.
 */
#ifndef GATHER_ORDER_SPILL_H
#define GATHER_ORDER_SPILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/io.h"
#include "writer/writer.h"

struct spill;

/* At most `limit_bytes` are in the file at a time. The writer is borrowed.
 * Never fails: the file is made by spill_accepts. */
struct spill *spill_new(struct writer *, uint64_t limit_bytes);
/* Call it before writer_close: the spill is freed when the thread is done with
 * all that was queued for it. NULL is fine. */
void spill_free(struct spill *);

/* May `size` bytes be added? False if the file is full, cannot be made, or a
 * write has failed; stderr tells why, once. */
bool spill_accepts(struct spill *, uint64_t size);
/* Append `data`, copied, for which there is room (spill_accepts). Returns its
 * offset. Bytes of successive calls are adjacent. */
uint64_t spill_add(struct spill *, const char *data, size_t len);
/* Append all `size` bytes of file `fd`, which the spill closes. */
void spill_add_file(struct spill *, int fd, uint64_t size);
/* Bytes that were added: in one piece, or in several, whose ranges were added,
 * too, as an array of struct file_range. */
struct spilled {
	struct file_range range; /* of the one piece; of several: the offset of
	                          * the array, and the size of all pieces */
	uint32_t pieces;         /* how many the array names; 0: one piece */
};

/* Queue the bytes for stdout, without the first `skip` of them, and give their
 * room in the file back. A failed read is an error of stdout (writer_error). */
void spill_emit(struct spill *, struct spilled, uint64_t skip);

/* The number of bytes that were added and not emitted. */
uint64_t spill_live_bytes(const struct spill *);
/* The number of bytes that were added and are still in memory, since the disk
 * lags behind. */
uint64_t spill_backlog_bytes(const struct spill *);

#endif
