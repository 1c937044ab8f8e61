/* Percent-encoding (RFC 3986, 2.1) undone for readers. */
#ifndef GATHER_TEXT_PERCENT_H
#define GATHER_TEXT_PERCENT_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Append a URL as people read it: what is percent-encoded UTF-8 is decoded,
 * "/caf%C3%A9" becomes "/café". An escape stays as it is where it is no UTF-8,
 * where its character would mean something else in a URL (such as %2F), and
 * where it would do something to a terminal. The result is for the eye: it is
 * no URL, and needs utf8_add_safe() as much as `url` does. Pure.
 */
void percent_add_readable(struct buf *, const char *url, size_t len);
/* The same, and safe: nothing of it acts on a terminal. */
void percent_add_safe(struct buf *, const char *url, size_t len);

#endif
