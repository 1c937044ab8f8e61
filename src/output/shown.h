/*
 * What a terminal is shown of bytes that servers sent: text, line ends and
 * tabs as they are; control characters, bidirectional overrides and bytes
 * that are no UTF-8 made visible (utf8_add_safe). Bytes come in pieces that
 * may end within a character.
 */
#ifndef GATHER_OUTPUT_SHOWN_H
#define GATHER_OUTPUT_SHOWN_H

#include <stddef.h>

#include "base/buf.h"

struct shown {
	char held[4]; /* the beginning of a character, or a CR */
	size_t len;
};

/* Append to `out` what is shown of `data`, and of what was held before. */
void shown_add(struct shown *, const char *data, size_t len, struct buf *out);
/* Nothing follows: append what is held. */
void shown_end(struct shown *, struct buf *out);
/* Write a whole piece to `fd`: if that is a terminal, what is shown of it.
 * Returns 0, or -1 with errno. */
int shown_write_all(int fd, const char *data, size_t len);

#endif
