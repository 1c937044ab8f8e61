/*
 * A file on its way into a request. What is no regular file, such as a FIFO,
 * may have nothing to read for a while, nor anybody who writes: the transfer
 * pauses then, until there is something, and the loop goes on.
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
	off_t size; /* -1: nobody knows */
	bool waits; /* the event is armed */
	struct event event;
};

void upload_init(struct upload *, struct attempt *);
/* -1 with errno. */
int upload_open(struct upload *, const char *name);
void upload_close(struct upload *);
/* As CURLOPT_READFUNCTION and CURLOPT_SEEKFUNCTION want it. */
size_t upload_read(char *data, size_t size, size_t count, void *upload);
int upload_seek(void *upload, curl_off_t offset, int origin);

/* -F: the parts of a form (request/options.h) as a MIME structure. Caller frees
 * with curl_mime_free. NULL with *cause set (caller frees). The attempt pauses
 * while a part that is a FIFO has nothing to read; without one (NULL) libcurl
 * would wait for it. */
curl_mime *multipart_new(
    CURL *easy, struct attempt *, const struct request_options *, char **cause);

#endif
