/*
 * Values that are known to be secret, wherever they stand: what --variable took
 * from the environment or from a file. There is one list for the whole program,
 * as there is one redactor: everything that shows a text uses it (redact.h).
 */
#ifndef GATHER_REDACT_KNOWN_H
#define GATHER_REDACT_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Take `value` for a secret from now on, without the blanks around it. One of
 * less than six characters stands in too many texts by chance, and is not
 * hidden. Of a URL only what follows its host is taken: which server is asked
 * is no secret, and nobody would understand a message without it.
 */
void known_secrets_add(const char *value);
/*
 * Append the `len` bytes at `s` to `out` with each known value as "***": as it
 * is, percent-encoded, as part of a string of JSON, or in base64, also together
 * with other texts, as in "Basic" credentials. What a cut has left of a long
 * value at the end of the text is hidden, too. False: there is none, and
 * nothing was appended.
 */
bool known_secrets_hide(struct buf *out, const char *s, size_t len);
/* Forget all values. */
void known_secrets_clear(void);

#endif
