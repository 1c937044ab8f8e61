/*
 * A line of a list: blank or `#...` (which are skipped), `URL`, `METHOD URL`,
 * or a JSON object (input/jsonl.h). Blanks are spaces and tabs; those around a
 * line are ignored.
 */
#ifndef GATHER_INPUT_LINES_H
#define GATHER_INPUT_LINES_H

#include <stdbool.h>
#include <stddef.h>

enum list_line_kind {
	LIST_LINE_BLANK,
	LIST_LINE_URL,
	LIST_LINE_JSON,
	LIST_LINE_BAD
};

struct list_line {
	enum list_line_kind kind;
	const char *text; /* the URL or the JSON object, NUL-terminated */
	size_t len;
	const char *method; /* of a URL; NULL: the line names none */
	size_t method_len;
	const char *bad; /* why the line is LIST_LINE_BAD; static */
};

/* Read a line of `len` bytes and a NUL. A NUL replaces its trailing blanks; the
 * parts point into `text`. */
struct list_line list_line_read(char *text, size_t len);
/* Is the line blank, or a comment? */
bool list_line_is_blank(const char *text, size_t len);
/* Why the bytes cannot be part of a request: they are not UTF-8, or hold a NUL.
 * Static; NULL: they can. */
const char *list_text_problem(const char *text, size_t len);

#endif
