/*
 * The index over a scanned JSON text: one token for each value, each member
 * name and each closing bracket, in the order of the text. A value's place
 * in it (its "node") is what paths are evaluated on; 0 is the whole document.
 *
 * In an object's tokens each value follows its name. What is between a
 * container's token and its closing one is everything inside, at any depth,
 * so walking the descendants is walking the tape.
 */
#ifndef GATHER_JSON_SCAN_H
#define GATHER_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/path.h"

enum {
	JSON_DEPTH_MAX = 1000
};

/* A longer text is refused: offsets have 31 bits. */
#define JSON_TEXT_MAX ((size_t)INT32_MAX)
/* A string that holds escapes has this bit in its link. */
#define JSON_ESCAPED UINT32_C(0x80000000)

struct json_token {
	uint32_t start; /* offset of its first byte */
	uint32_t link;  /* container: index of the token behind it;
	                   closing bracket: index of its container;
	                   else: offset of the byte behind it, and a flag */
};

struct json_doc {
	const char *text; /* borrowed */
	struct json_token *tape;
	size_t tape_len; /* 0: there is no valid text */
	size_t tape_cap;
};

/* Whitespace between tokens (RFC 8259, 2), which paths may hold, too. */
static inline bool
json_is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* The first byte of a value tells its type: one of { [ " t f n - 0..9. */
static inline char
json_first(const struct json_doc *doc, uint32_t node)
{
	return doc->text[doc->tape[node].start];
}

static inline bool
json_is_container(const struct json_doc *doc, uint32_t node)
{
	char c = json_first(doc, node);

	return c == '{' || c == '[';
}

/* The index of the first token inside a container: the closing one if it is
 * empty. */
static inline uint32_t
json_inside(uint32_t node)
{
	return node + 1;
}

/* The index of a container's closing token. */
static inline uint32_t
json_close(const struct json_doc *doc, uint32_t node)
{
	return doc->tape[node].link - 1;
}

/* The index behind a value and all that is in it. */
static inline uint32_t
json_after(const struct json_doc *doc, uint32_t node)
{
	return json_is_container(doc, node) ? doc->tape[node].link : node + 1;
}

/* The text of a value or name; strings with their quotes. */
struct json_span json_span_at(const struct json_doc *, uint32_t node);
/* Does a string (a value or a name) hold escapes? */
static inline bool
json_has_escapes(const struct json_doc *doc, uint32_t node)
{
	return doc->tape[node].link & JSON_ESCAPED;
}

#endif
