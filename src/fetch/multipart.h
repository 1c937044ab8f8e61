/* -F: the parts of a form (request/form.h) as a MIME structure. */
#ifndef GATHER_FETCH_MULTIPART_H
#define GATHER_FETCH_MULTIPART_H

#include <curl/curl.h>

#include "request/options.h"

/* Caller frees with curl_mime_free. NULL with *cause set (caller frees). */
curl_mime *multipart_new(
    CURL *easy, const struct request_options *, char **cause);

#endif
