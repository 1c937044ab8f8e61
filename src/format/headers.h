/* A block of header lines as it came: "HTTP/1.1 200 OK", "Name: value",
 * CRLF, maybe a blank line at its end. */
#ifndef GATHER_FORMAT_HEADERS_H
#define GATHER_FORMAT_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "format/options.h"
#include "request/request.h"
#include "request/result.h"

/* One header; both parts without blanks around them. */
struct header {
	const char *name;
	size_t name_len;
	const char *value;
	size_t value_len;
};

/* The header at or behind *at, which moves on; false at the end. Lines that
 * are no header are left out. */
bool headers_next(const char **at, struct header *);
size_t headers_count(const char *block);
/* The one of that name, in any case, at or behind *at, which moves on; false:
 * there is none. */
bool headers_find_next(const char **at, const char *name, struct header *);
/* The first of that name. */
bool headers_find(const char *block, const char *name, struct header *);
/* -i, -I: do headers stand in front of the body? */
bool headers_are_shown(const struct output_options *, const struct request *);
/* What -i puts in front of a body: the heads of all answers, as they came, or
 * the last one alone where the others were not kept. */
void headers_add_heads(struct buf *, const struct result *);
/* As curl's %{header_json}: lower-case names, each with an array of values,
 * in the order of their first appearance. */
void headers_add_json(struct buf *, const char *block);

#endif
