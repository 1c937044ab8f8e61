/*
 * A file on its way into a request. One that is not a regular file, such as a
 * FIFO, may have nothing to read for a while, or nobody who writes to it: then
 * the transfer pauses until there is something, and the loop goes on.
 */
#ifndef GATHER_FETCH_UPLOAD_H
#define GATHER_FETCH_UPLOAD_H

#include <curl/curl.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "request/options.h"

struct attempt;

struct upload {
	struct attempt *attempt;
	int fd;     /* -1: it is not open */
	off_t size; /* bytes; -1: not known, it is not a regular file */
	bool waits; /* the transfer is paused, and the event is armed */
	struct event event;
};

/* An upload of the attempt that is not open. */
void upload_init(struct upload *, struct attempt *);
/* Open the file `name` to be sent. Returns -1 with errno. */
int upload_open(struct upload *, const char *name);
/* Close the file, if it is open, and stop waiting for it. */
void upload_close(struct upload *);
/* CURLOPT_READFUNCTION and CURLOPT_SEEKFUNCTION; `upload` is a struct upload.
 */
size_t upload_read(char *data, size_t size, size_t count, void *upload);
int upload_seek(void *upload, curl_off_t offset, int origin);

/* -F: the parts of a form (request/options.h) as a MIME structure, for the
 * caller to free with curl_mime_free. NULL with *cause set (caller frees) if a
 * file cannot be read. The attempt pauses while a part that is a FIFO has
 * nothing to read; where `attempt` is NULL, libcurl would block for it. */
curl_mime *multipart_new(
    CURL *easy, struct attempt *, const struct request_options *, char **cause);

#endif
