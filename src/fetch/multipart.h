/* -F: the parts of a form (request/form.h) as a MIME structure. */
#ifndef GATHER_FETCH_MULTIPART_H
#define GATHER_FETCH_MULTIPART_H

#include <curl/curl.h>

#include "request/options.h"

struct attempt;

/* Caller frees with curl_mime_free. NULL with *cause set (caller frees). The
 * attempt pauses while a part that is a FIFO has nothing to read; without one
 * (NULL) libcurl would wait for it. */
curl_mime *multipart_new(
    CURL *easy, struct attempt *, const struct request_options *, char **cause);

#endif
