/*
 * A request as an entry of a queue: fields that a feeder writes, from what its
 * source has read, and that a worker makes a request of, with what its own
 * command line adds to each (-u, -H, -o ...). Each field is a name and bytes:
 *
 *     r  a line of a list (input/lines.h); it was the input, unless there is
 *        an `i`
 *     i  the input as it was given, where that was no such line
 *     w  where it stands: "FILE:LINE"
 *     k  its number within its input (--repeat), from 1
 *     v  its row (--rows, --retry-from), a JSON object
 *     g  what a glob became; one for each, in their order
 *     f  letters: "v" the input only fills templates; "h" it is an entry of a
 *        HAR; "s" anything in it may be secret; "l" it follows on an answer;
 *        "o" that was one of another origin; "p" one of a public address
 *     u  what happened to it in an earlier run (enum wire_state)
 *     x  why it cannot be sent
 *
 * Where there is an `i`, or an "h", no names are filled in `r`: that was done.
 * Unknown fields are ignored.
 */
#ifndef GATHER_INPUT_QUEUED_H
#define GATHER_INPUT_QUEUED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "input/source.h"
#include "request/request.h"

enum {
	QUEUED_FIELDS_MAX = 64 /* of one entry; further globs are left out */
};

/* Of an entry; what it points to is borrowed. */
struct queued_field {
	const char *name;
	const char *value;
	size_t len;
};

/* The fields of an entry. */
struct queued_fields {
	struct queued_field items[QUEUED_FIELDS_MAX];
	size_t len;
	struct buf scratch; /* what some of them point at */
};

/* Set the fields of `request`, which they point into, as into `fields`; good
 * until the next call and as long as the request. `fields` is all zero before
 * the first call. */
void queued_write(struct queued_fields *fields, const struct request *request);
/* Free what it owns. */
void queued_fields_release(struct queued_fields *);

struct queued;

/* A reader of entries, for a worker whose command line is `common`, which is
 * borrowed and outlives all requests. NULL with *cause set (caller frees) where
 * its templates are wrong. */
struct queued *queued_new(const struct input_options *,
    const struct request_options *common, char **cause);
/* NULL is fine. */
void queued_free(struct queued *);
/* What templates may name: anything may be in an entry. */
struct names queued_names(const struct queued *);
/* Make a request of the fields of entry `n`; the caller owns it. Whatever is
 * wrong with them makes it invalid. */
struct request *queued_read(
    struct queued *, uint64_t n, const struct queued_field *fields, size_t len);

#endif
