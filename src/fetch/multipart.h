/*
 * -F: curl's texts for parts of a form, "name=content", "name=@file;type=T",
 * "name=<file", as a MIME structure (curl(1), -F).
 */
#ifndef GATHER_FETCH_MULTIPART_H
#define GATHER_FETCH_MULTIPART_H

#include <curl/curl.h>

#include "base/strlist.h"

/* Caller frees with curl_mime_free. NULL with *cause set (caller frees). */
curl_mime *multipart_new(CURL *easy, const struct strlist *texts, char **cause);

#endif
