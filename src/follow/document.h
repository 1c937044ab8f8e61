/* The JSON of an answer that others follow on. */
#ifndef GATHER_FOLLOW_DOCUMENT_H
#define GATHER_FOLLOW_DOCUMENT_H

#include "json/path.h"
#include "request/result.h"

/* Scan the body of `r`. -1: `r` has become a failure. */
int document_read(struct json_doc *, struct result *r);
/* Append the matches. -1: `r` has become a failure. */
int document_apply(const struct json_doc *, const struct json_path *,
    struct json_spans *, struct result *r);
/* Compile `text`. NULL with *cause (caller frees), which begins with the
 * option and says where it is wrong. */
struct json_path *document_path(
    const char *option, const char *text, char **cause);

#endif
