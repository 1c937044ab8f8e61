/*
 * An entry of an archive as a whole: the request, the answer, and how long the
 * answer took. Pure.
 */
#ifndef GATHER_HAR_EXCHANGE_H
#define GATHER_HAR_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "har/member.h"
#include "har/request.h"

/* All is owned. Times are in microseconds, between 0 and a day. */
struct har_exchange {
	struct har_request request;
	int status; /* 100 to 999; 0: there was no answer */
	char *status_text;
	struct har_fields headers;
	struct buf body;
	bool body_is_text;    /* UTF-8 now, whatever it was on the wire */
	bool body_is_encoded; /* as Content-Encoding says; archives hold bodies
	                       * decoded, but not where a client did not */
	bool body_is_absent;  /* there was one, but the archive lacks it */
	int64_t connect_us;   /* to look the name up, connect, agree on keys */
	int64_t wait_us;      /* from the request to the first byte */
	int64_t receive_us;   /* from there to the last byte */
};

/* Read the entry of `len` bytes, which a NUL follows, into *x, which is zero.
 * -1 with *cause set (caller frees), and *x to be released all the same: it is
 * not valid JSON, not an object, or its request cannot be read. */
int har_exchange_read(
    struct har_exchange *x, const char *text, size_t len, char **cause);
void har_exchange_release(struct har_exchange *);

#endif
