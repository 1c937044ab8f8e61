/*
 * The index over a scanned JSON text, the "tape": one token for each value,
 * each member name and each closing bracket, in the order of the text. The
 * place of a value on it, its node, is what paths are evaluated on; 0 is the
 * whole text.
 *
 * In an object each value follows its name. What stands between the token of a
 * container and its closing one is everything inside, at any depth, so walking
 * the descendants is walking the tape. A token takes 8 bytes, whatever it
 * stands for.
 */
#ifndef GATHER_JSON_SCAN_H
#define GATHER_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/path.h"

struct json_members;

enum {
	JSON_DEPTH_MAX = 1000
};

/* A longer text is rejected: offsets have 31 bits, since the highest bit of a
 * link is a flag. */
#define JSON_TEXT_MAX ((size_t)INT32_MAX)
/* Set in the link of a string that holds escapes, so that others can be used
 * without decoding them. */
#define JSON_ESCAPED UINT32_C(0x80000000)

/* A token of the tape. */
struct json_token {
	uint32_t start; /* offset of its first byte */
	uint32_t link;  /* container: index of the token behind all of it;
	                   closing bracket: index of its container;
	                   else: offset of the byte behind it, with the flag */
};

/* A scanned text. The tape is kept from text to text. */
struct json_doc {
	const char *text; /* borrowed */
	struct json_token *tape;
	size_t tape_len; /* 0: no text was scanned, or an invalid one */
	size_t tape_cap;
	uint32_t root;                /* the node that $ stands for */
	struct json_members *members; /* owned: what look-ups have learnt */
	bool is_compact;              /* no blanks stand between its tokens */
};

/* Whitespace between tokens (RFC 8259, 2), which paths may hold, too. */
static inline bool
json_is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* The first byte of a value, which tells its type: one of { [ " t f n -
 * 0..9. */
static inline char
json_first(const struct json_doc *doc, uint32_t node)
{
	return doc->text[doc->tape[node].start];
}

/* Is it an array or an object? */
static inline bool
json_is_container(const struct json_doc *doc, uint32_t node)
{
	char c = json_first(doc, node);

	return c == '{' || c == '[';
}

/* The index of the first token inside a container: its closing token if it is
 * empty. */
static inline uint32_t
json_inside(uint32_t node)
{
	return node + 1;
}

/* The index of the closing token of a container. */
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

/* The text of a value or name; of a string with its quotes. */
struct json_span json_span_at(const struct json_doc *, uint32_t node);
/* Does a string, be it a value or a name, hold escapes? */
static inline bool
json_has_escapes(const struct json_doc *doc, uint32_t node)
{
	return doc->tape[node].link & JSON_ESCAPED;
}

#endif
