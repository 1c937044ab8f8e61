/*
 * Headers as a journal keeps them: without the secrets in them. Those of links
 * are put back from the URL of the page itself, as long as it has the same.
 */
#ifndef GATHER_FOLLOW_LINK_SECRET_H
#define GATHER_FOLLOW_LINK_SECRET_H

#include <stdbool.h>

#include "base/buf.h"

enum link_lines {
	LINK_LINES, /* no others are kept */
	LINK_AND_OTHER_LINES
};

/*
 * Append lines of `headers` (NULL: none; the heads of several answers are fine,
 * too), the answer to `url`, with "***" in the place of secrets. False: there
 * is one in a link that `url` does not have, so that nobody could ask for the
 * next page later.
 */
bool link_hide_secrets(
    struct buf *, const char *headers, const char *url, enum link_lines);
/* Append such lines with the secrets of `url` in their places. */
void link_restore_secrets(struct buf *, const char *headers, const char *url);

#endif
