/*
 * What is left out where requests follow on answers, counted for one line at
 * the end: links of a page that nobody can fetch, and requests that came before
 * (--unique).
 */
#ifndef GATHER_FOLLOW_LEFT_OUT_H
#define GATHER_FOLLOW_LEFT_OUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum {
	LEFT_OUT_SCHEMES = 8, /* schemes that are told apart */
	LEFT_OUT_NAME = 16    /* bytes of a scheme's name, with the NUL */
};

struct left_out_scheme {
	char name[LEFT_OUT_NAME]; /* in lower case */
	uint64_t count;
};

/* All zero: nothing was left out. */
struct left_out {
	uint64_t not_http; /* links with another scheme than http and https */
	struct left_out_scheme schemes[LEFT_OUT_SCHEMES]; /* the first ones */
	size_t schemes_len;
	uint64_t inside;     /* links to a place in the page they stand in */
	uint64_t duplicates; /* requests that came before */
};

/* Count a link whose scheme is the `len` bytes at `name`, which a server sent:
 * letters, digits and "+-.". Long names and schemes beyond LEFT_OUT_SCHEMES are
 * counted without their names. */
void left_out_add_scheme(struct left_out *, const char *name, size_t len);
/* Append the sentence about links, "left out 2 links ..." without a line end;
 * nothing where none was left out. */
void left_out_add_text(const struct left_out *, struct buf *out);

#endif
