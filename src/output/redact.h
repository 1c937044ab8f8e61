/* Passwords out of what a user typed. */
#ifndef GATHER_OUTPUT_REDACT_H
#define GATHER_OUTPUT_REDACT_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Append an input (a URL, a line "METHOD URL", a JSON line) with the
 * password of every "//name:password@", and of a "name:password@" that opens
 * a word, replaced by "***"; everything else as it is.
 */
void redact_passwords(struct buf *, const char *s, size_t len);

#endif
