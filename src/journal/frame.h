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
	FRAME_SALT = 8,   /* bytes of a salt */
	FRAME_AROUND = 16 /* bytes that a frame adds to its payload */
};

/* Append to `out` marker and length of a frame whose payload of `len` bytes
 * follows. Returns the checksum so far. */
uint32_t frame_begin(struct buf *out, const char *salt, uint64_t len);
/* Continue the checksum with a further part of the payload. */
uint32_t frame_sum(uint32_t sum, const char *data, size_t len);
/* Append to `out` what stands after the payload. */
void frame_end(struct buf *out, uint32_t sum);
/* Append to `out` a whole frame. */
void frame_add(
    struct buf *out, const char *salt, const char *payload, size_t len);

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
	FRAME_WHOLE,  /* and its checksum is right */
	FRAME_NONE,   /* the end */
	FRAME_BROKEN, /* cut off, or its marker or checksum is wrong */
};

/* Read the frame at f->at, which moves behind it if it is whole. The payload is
 * borrowed from the memory. */
enum frame_status frames_next(struct frames *f, struct frame *);
/* Is the broken frame at f->at what a writer leaves that was stopped: a frame
 * that would reach the end, or zeros, where nothing of it was written? */
bool frames_is_torn_tail(const struct frames *f);
/* Is there any whole frame after the broken one at f->at? If not, it is where
 * the writer was stopped. Takes time linear in the length, though a server may
 * have filled it with what begins like frames. */
bool frames_valid_after(const struct frames *f);

#endif
