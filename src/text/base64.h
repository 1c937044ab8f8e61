/* Base64 (RFC 4648, section 4). */
#ifndef GATHER_TEXT_BASE64_H
#define GATHER_TEXT_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Append the `len` bytes at `data`, encoded, with padding. */
void base64_add(struct buf *, const char *data, size_t len);
/* Append what the `len` characters at `text` stand for. Padding may be missing,
 * and blanks and line ends are skipped. False: it is not base64; what was
 * appended then is of no use. */
bool base64_decode(struct buf *, const char *text, size_t len);

#endif
