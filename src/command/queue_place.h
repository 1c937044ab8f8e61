/* Where stdout ends, if it is a regular file: for a reader of records that goes
 * on where another one was killed. */
#ifndef GATHER_COMMAND_QUEUE_PLACE_H
#define GATHER_COMMAND_QUEUE_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/io.h"

enum {
	PLACE_TEXT = 80,              /* bytes of a place as text, with a NUL */
	PLACE_PRESENT_MAX = 128 << 20 /* bytes that are read back */
};

struct place {
	bool is_file;
	uintmax_t device, inode;
	uint64_t at; /* bytes */
};

/* Where the next byte for stdout goes. */
struct place stdout_place(void);
/* Write the place as a text for others. */
void place_write(const struct place *, char out[PLACE_TEXT]);
/* Is `text` a place in the same file? Then *at is set to its bytes. The text is
 * not trusted. */
bool place_is_same_file(const struct place *, const char *text, uint64_t *at);
/* Append a part of the file that stdout is, which may be open for writing only.
 * False: it cannot be read, or is too much. */
bool stdout_read_back(struct file_range, struct buf *out);

#endif
