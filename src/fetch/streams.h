/*
 * What HTTP/2 says about the stream of a request, beyond what libcurl tells.
 */
#ifndef GATHER_FETCH_STREAMS_H
#define GATHER_FETCH_STREAMS_H

#include <stdbool.h>
#include <stdint.h>

/* All zero where it is not HTTP/2, or nothing is known. */
struct stream {
	bool begun;    /* headers came, maybe of a 1xx */
	bool ended;    /* END_STREAM came: the answer is whole */
	bool refused;  /* REFUSED_STREAM, beyond the last stream of a GOAWAY,
	                * or HTTP_1_1_REQUIRED: it was not processed */
	uint64_t size; /* of the body as it was sent */
};

/* The answer has ended, and libcurl has handed over all of it. */
bool stream_is_whole(const struct stream *, uint64_t received);

#endif
