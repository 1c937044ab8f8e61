/*
 * The bytes with which an output begins that are there already: an earlier
 * process has written them and ended before it could say so. They are compared
 * and not written again.
 */
#ifndef GATHER_WRITER_PRESENT_H
#define GATHER_WRITER_PRESENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Zero: nothing is there. */
struct present {
	struct buf bytes; /* owned */
	size_t passed;    /* so many of them have come */
};

/* Leave out the first of the *len bytes at *data, as far as they are there.
 * False: they differ from what is there. */
bool present_pass(struct present *, const char **data, size_t *len);

#endif
