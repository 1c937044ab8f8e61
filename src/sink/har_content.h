/* The content of an answer in a HAR entry, piece by piece: a body may be
 * large, and its text is larger still. Pure. */
#ifndef GATHER_SINK_HAR_CONTENT_H
#define GATHER_SINK_HAR_CONTENT_H

#include <stddef.h>

/*
 * Calls `take(arg, data, len)` for the member "text" of `content`, with its
 * comma in front: the body as it is, or in base64 if it is no UTF-8, and then
 * the member "encoding" that says so.
 */
void har_content(const char *body, size_t len,
    void (*take)(void *arg, const char *data, size_t len), void *arg);

#endif
