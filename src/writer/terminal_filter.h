/*
 * What a terminal is shown of bytes that servers sent: text, line ends and
 * tabs as they are; control characters, bidirectional overrides and bytes
 * that are no UTF-8 made visible (utf8_add_safe). Bytes come in pieces that
 * may end within a character.
 */
#ifndef GATHER_WRITER_TERMINAL_FILTER_H
#define GATHER_WRITER_TERMINAL_FILTER_H

#include <stddef.h>

#include "base/buf.h"

struct terminal_filter {
	char held[4]; /* the beginning of a character, or a CR */
	size_t len;
};

/* Append to `out` what is shown of `data`, and of what was held before. */
void terminal_filter_add(
    struct terminal_filter *, const char *data, size_t len, struct buf *out);
/* Nothing follows: append what is held. */
void terminal_filter_end(struct terminal_filter *, struct buf *out);
/* Write a whole piece to `fd`: if that is a terminal, what is shown of it.
 * Returns 0, or -1 with errno. */
int terminal_write_all(int fd, const char *data, size_t len);

#endif
