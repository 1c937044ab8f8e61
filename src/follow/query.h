/* One parameter in the query of a URL. */
#ifndef GATHER_FOLLOW_QUERY_H
#define GATHER_FOLLOW_QUERY_H

#include <stddef.h>

#include "base/buf.h"

/* The value of `name` as it stands in `url`; NULL: there is none. A name in
 * the URL may be percent-encoded. Borrowed from `url`. */
const char *query_get(const char *url, const char *name, size_t *len);
/* Append `url` with `value`, percent-encoded, as the parameter `name`, in the
 * place of the one that is there, or behind all others. */
void query_add_with(struct buf *out, const char *url, const char *name,
    const struct buf *value);

#endif
