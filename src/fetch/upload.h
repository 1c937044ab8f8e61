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
/* As CURLOPT_READFUNCTION, CURLOPT_SEEKFUNCTION and the callbacks of
 * curl_mime_data_cb want it, the last one for one on the heap. */
size_t upload_read(char *data, size_t size, size_t count, void *upload);
int upload_seek(void *upload, curl_off_t offset, int origin);
void upload_free(void *upload);

#endif
