/*
 * Links as a journal keeps them: without the secrets in them, as long as the
 * URL of the page itself has the same ones, from which they are put back.
 */
#ifndef GATHER_FOLLOW_LINK_SECRET_H
#define GATHER_FOLLOW_LINK_SECRET_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Append the Link lines of `headers` (NULL: none), the answer to `url`, with
 * "***" in the place of secrets. False: there is one in them that `url` does
 * not have, so that nobody could ask for the next page later.
 */
bool link_hide_secrets(struct buf *, const char *headers, const char *url);
/* Append such lines with the secrets of `url` in their places. */
void link_restore_secrets(struct buf *, const char *headers, const char *url);

#endif
