/*
 * The reader cuts the bytes of a list into lines, or into records of several
 * lines, and reads only as far as lines are asked for. Memory does not grow
 * with the list.
 *
 * A regular file is read when a line is asked for, with one read(2) a call. If
 * that brings no whole line, reader_next returns READER_BUSY, so that a file of
 * zeros never keeps the caller from its other work. A pipe, a socket or a
 * terminal is never waited for: reader_next returns READER_WAIT, and
 * reader_fill makes one read(2) when the descriptor is readable. The descriptor
 * stays blocking, since other processes may share its flags.
 */
#ifndef GATHER_INPUT_READER_H
#define GATHER_INPUT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/io.h"

#define LINE_MAX_BYTES (1024U * 1024)

enum reader_framing {
	FRAMING_LINES,
	FRAMING_CSV, /* records: a line end in quotes is part of a field */
};

struct line {
	char *text;      /* without its LF or CR LF; NUL-terminated */
	size_t len;      /* the text may hold NULs */
	uint64_t number; /* from 1; of a record the number of its first line */
	const char *bad; /* why this is not a line: it is too long, and `text`
	                  * its beginning; or a read failed. Borrowed until the
	                  * next call; NULL: it is a line */
};

enum reader_status {
	READER_LINE, /* *out is set */
	READER_BUSY, /* no line so far: ask again after other work */
	READER_WAIT, /* no line so far: call reader_fill when reader_fd is
	              * readable, then ask again */
	READER_END
};

struct reader;

/* Open the file `path`; "-" is stdin, which is not closed by reader_free. NULL
 * with *cause set (caller frees). */
struct reader *reader_open(const char *path, char **cause);
/* NULL is fine. */
void reader_free(struct reader *);
/* Cut what has not been handed out yet otherwise. `separator` is that of
 * FRAMING_CSV. The first framing is FRAMING_LINES. */
void reader_set_framing(struct reader *, enum reader_framing, char separator);
/* Take the next line, of LINE_MAX_BYTES at most. Its text may be changed, and
 * is borrowed until the next call. A byte order mark in front of the first line
 * is dropped. */
enum reader_status reader_next(struct reader *, struct line *out);
/* Take all bytes that were read, as they are, whatever lines or records they
 * are; else as reader_next. */
enum reader_status reader_next_bytes(struct reader *, struct line *out);
/* Look at the bytes that were not taken, if there are more than `seen`; they
 * stay. READER_END: there are no more. Else as reader_next. */
enum reader_status reader_peek(struct reader *, size_t seen, struct line *out);
/* As reader_next, but wait until there is a line. Only for the time before the
 * loop runs. */
enum reader_status reader_next_blocking(struct reader *, struct line *out);
/* Can bytes that were taken be read again? Those of a regular file can. */
bool reader_can_reread(const struct reader *);
/* Append a part of the list again, which begins at the list's first byte: less
 * of it if the file was cut meanwhile. */
void reader_reread(
    const struct reader *, struct file_range part, struct buf *out);
/* Is all input consumed? For a pipe true only after read(2) said so; a file is
 * read to find out. */
bool reader_at_end(struct reader *);
/* The descriptor, for READER_WAIT; borrowed. */
int reader_fd(const struct reader *);
/* Make one read(2), which may block unless reader_fd is readable. */
void reader_fill(struct reader *);
/* The name of the file as it was given; "stdin" for "-". Borrowed. */
const char *reader_name(const struct reader *);
/* The number of the line that reader_next hands out next, from 1. */
uint64_t reader_line_number(const struct reader *);

#endif
