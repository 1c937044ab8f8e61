/*
 * What a terminal is shown of bytes that servers sent: text, line ends and tabs
 * as they are; control characters, bidirectional overrides and bytes that are
 * not UTF-8 made visible (utf8_add_safe), so that no server can move the
 * cursor, change the title or make text read as something else. Bytes come in
 * pieces that may end within a character.
 */
#ifndef GATHER_WRITER_TERMINAL_FILTER_H
#define GATHER_WRITER_TERMINAL_FILTER_H

#include <stddef.h>

#include "base/buf.h"

/* All zero at the beginning. */
struct terminal_filter {
	char held[4]; /* the beginning of a character, or a CR */
	size_t len;
};

/* Append to `out` what is shown of the bytes that were held and of `data`. */
void terminal_filter_add(
    struct terminal_filter *, const char *data, size_t len, struct buf *out);
/* Append what is still held, as nothing follows. */
void terminal_filter_end(struct terminal_filter *, struct buf *out);
/* Write `data`, which is whole, to `fd`; if that is a terminal, write what is
 * shown of it. Returns 0, or -1 with errno. Blocks. */
int terminal_write_all(int fd, const char *data, size_t len);

#endif
