/*
 * Bytes of a list, cut into lines (or records of lines), read as far as they
 * are asked for. Memory does not grow with the list.
 *
 * A regular file is read where a line is asked for, one read(2) a call: where
 * that brings no whole line, reader_next says READER_BUSY, so that whoever has
 * other things to do, too, is never kept by a file of zeros. A pipe, a socket
 * or a terminal is never waited for: reader_next says READER_WAIT then, and
 * reader_fill makes one read(2) when the descriptor is readable. The
 * descriptor's flags are left alone, as other processes may share them.
 */
#ifndef GATHER_INPUT_READER_H
#define GATHER_INPUT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_MAX_BYTES (1024U * 1024)

enum reader_framing {
	FRAMING_LINES,
	FRAMING_CSV, /* a line end inside of quotes ends no record */
};

struct line {
	char *text;      /* NUL-terminated, without its line end */
	size_t len;      /* it may hold NULs */
	uint64_t number; /* from 1, of its first line */
	const char *bad; /* why it is none: too long, a read that failed; the
	                  * text is its beginning. Borrowed; NULL: it is fine */
};

enum reader_status {
	READER_LINE,
	READER_BUSY, /* no line so far: ask again */
	READER_WAIT, /* ... when reader_fd is readable, after reader_fill */
	READER_END
};

struct reader;

/* `path` "-" is stdin. NULL with *cause set (caller frees). */
struct reader *reader_open(const char *path, char **cause);
void reader_free(struct reader *);
void reader_set_framing(struct reader *, enum reader_framing, char separator);
/* The next line; its text is borrowed until the next call. A byte order
 * mark in front of the first line is dropped. */
enum reader_status reader_next(struct reader *, struct line *out);
/* Wait for as long as it takes. Only while nothing else is going on. */
enum reader_status reader_next_blocking(struct reader *, struct line *out);
/* Is there nothing more to come? Of a pipe that is known only late. */
bool reader_at_end(struct reader *);
int reader_fd(const struct reader *);
void reader_fill(struct reader *);
/* "FILE"; "stdin" of "-". Borrowed. */
const char *reader_name(const struct reader *);
/* The number of the line that comes next. */
uint64_t reader_line_number(const struct reader *);

#endif
