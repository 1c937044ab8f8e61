/*
 * Reads blocks of header lines: the head of a request or an answer as it was
 * on the wire (RFC 9112, 2.1), that is "HTTP/1.1 200 OK", "Name: value", each
 * ended by CRLF or LF, up to a blank line. A text may hold the heads of several
 * answers, one behind the other, and trailers behind the last of them, which
 * have no blank line. Everything is borrowed from the block, which is a string.
 */
#ifndef GATHER_REQUEST_HEADERS_H
#define GATHER_REQUEST_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

/* One header; neither part has blanks around it, or ends in a zero byte. */
struct header {
	const char *name;
	size_t name_len;
	const char *value;
	size_t value_len;
};

/* Is this the header called `name`? Case does not matter (RFC 9110, 5.1). */
bool header_is(const struct header *, const char *name);

/*
 * Split one line of a block, with or without its end, into name and value.
 * False: it is not a header but a status line, a blank line or garbage.
 */
bool header_split(struct header *, const char *line, size_t len);

/*
 * Take the line at *at, which moves behind its end, together with the lines
 * that are folded into it (RFC 9112, 5.2). Returns the line and sets *len to
 * its length without its end; NULL at the end of the block.
 */
const char *headers_next_line(const char **at, size_t *len);

/* Find the first header at or behind *at, which moves behind it. Lines that
 * are not headers are skipped. False: no header is left. */
bool headers_next(const char **at, struct header *);

/* Find the next header called `name` at or behind *at, which moves behind it.
 * False: none is left; until then, repeated calls see all of them. */
bool headers_find_next(const char **at, const char *name, struct header *);

/* Find the first header of `block` that is called `name`. False: none is. */
bool headers_find(const char *block, const char *name, struct header *);

/* The number of headers in a block. */
size_t headers_count(const char *block);

/* The length of all heads in `text` with their blank lines, but without
 * trailers. 0: not even the first head is complete. */
size_t headers_complete_len(const char *text);

/* Find the last of several heads. Returns its start and sets *len to its
 * length, with its blank line if it has one, but without trailers. */
const char *headers_last_head(const char *text, size_t *len);

/*
 * Make a head, or one value, readable: a folded header is joined to one line
 * (RFC 9112, 5.2), and a line that is not UTF-8 is taken for ISO-8859-1, as
 * headers used to be. Caller frees.
 */
char *headers_clean(const char *bytes, size_t len);

#endif
