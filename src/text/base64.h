/* Base64 (RFC 4648, section 4), with padding. */
#ifndef GATHER_TEXT_BASE64_H
#define GATHER_TEXT_BASE64_H

#include <stddef.h>

#include "base/buf.h"

/* Append the `len` bytes at `data`, encoded. */
void base64_add(struct buf *, const char *data, size_t len);

#endif
