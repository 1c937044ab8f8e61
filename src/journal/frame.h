/*
 * Frames: how records stand in a journal, so that each one that is read back
 * is whole.
 *
 *     marker (4 bytes)  length (8, little-endian)  payload  checksum (4)
 *
 * The checksum (CRC-32) covers a salt, the length and the payload. The salt
 * is the file's own, drawn when it was made: what a server sent cannot look
 * like a frame of it.
 *
 * Pure: works on memory.
 */
#ifndef GATHER_JOURNAL_FRAME_H
#define GATHER_JOURNAL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum {
	FRAME_SALT = 8,
	FRAME_AROUND = 16 /* bytes that a frame adds to its payload */
};

/* Append marker and length of a frame whose payload follows. Returns the
 * checksum so far. */
uint32_t frame_begin(struct buf *, const char *salt, uint64_t len);
/* The checksum with a further part of the payload. */
uint32_t frame_sum(uint32_t sum, const char *data, size_t len);
/* Append what stands behind the payload. */
void frame_end(struct buf *, uint32_t sum);
/* All in one. */
void frame_add(struct buf *, const char *salt, const char *payload, size_t len);

/* The length of the payload, as the FRAME_AROUND bytes at `head` have it. */
uint64_t frame_len(const char *head);

/* Frames that follow each other in memory. */
struct frames {
	const char *data;
	size_t len;
	size_t at; /* where the next frame begins */
	const char *salt;
};

struct frame {
	const char *payload; /* borrowed from the memory */
	size_t len;
	size_t at; /* where it begins: at its marker */
};

enum frame_status {
	FRAME_WHOLE,
	FRAME_NONE, /* the end */
	FRAME_BROKEN,
};

/* The frame at `at`, which moves behind it unless it is broken. */
enum frame_status frames_next(struct frames *, struct frame *);
/* Is the broken one the last, as far as its head says; or was nothing of it
 * written? */
bool frames_is_torn_tail(const struct frames *);
/* Is there any whole frame behind a broken one? If not, it is where the
 * writer was stopped. In time linear in the text, though a server may have
 * filled it with what begins like frames. */
bool frames_valid_after(const struct frames *);

#endif
