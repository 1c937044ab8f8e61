/*
 * A line of a list: blank or `#...` (skipped), `URL`, `METHOD URL`, or a
 * JSON object, with blanks around it or not.
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
	const char *text; /* the URL or the object; NUL-terminated URL */
	size_t len;
	const char *method; /* NULL: the line names none */
	size_t method_len;
	const char *bad; /* why, static */
};

/* `text` is cut at its trailing blanks; the parts point into it. */
struct list_line list_line_read(char *text, size_t len);
/* Blank, or a comment? */
bool list_line_is_blank(const char *text, size_t len);
/* NULL: the bytes may stand in a request; else why not. Static. */
const char *list_text_problem(const char *text, size_t len);

#endif
