/* A request and its result, as tests of the output want them. */
#ifndef GATHER_TESTS_SAMPLE_H
#define GATHER_TESTS_SAMPLE_H

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "request/request.h"
#include "request/result.h"

struct sample {
	struct request_options options;
	struct request *request;
	struct result result;
};

static inline void
sample_body(struct sample *s, const char *bytes, size_t len)
{
	buf_clear(&s->result.body.mem);
	buf_add(&s->result.body.mem, bytes, len);
	s->result.body.size = len;
}

/* Replace a string of the result. */
static inline void
sample_set(char **member, const char *value)
{
	free(*member);
	*member = xstrdup_null(value);
}

static inline void
sample_times(struct timing *t)
{
	*t = (struct timing){
	    .namelookup_us = 100,
	    .connect_us = 250,
	    .appconnect_us = -1,
	    .pretransfer_us = 300,
	    .starttransfer_us = 1500,
	    .total_us = 2000,
	};
}

/* Request 7, answered with 200. */
static inline void
sample_init(struct sample *s)
{
	const char *body = "{\"a\": [1, 2],\n \"b\": \"x\"}";

	request_options_init(&s->options);
	s->request = request_new(&s->options, "http://user:secret@h/p?q=1");
	s->request->n = 7;
	s->request->url = xstrdup("http://h/p?q=1");
	result_init(&s->result);
	s->result.status = 200;
	s->result.http_version = 11;
	s->result.attempts = 1;
	s->result.url_effective = xstrdup("http://h/p?q=1");
	s->result.remote_ip = xstrdup("127.0.0.1");
	s->result.remote_port = 80;
	s->result.content_type = xstrdup("application/json");
	s->result.headers = xstrdup("HTTP/1.1 200 OK\r\n"
	                            "Content-Type: application/json\r\n"
	                            "Set-Cookie: a=1\r\n"
	                            "set-cookie: b=2\r\n\r\n");
	s->result.size_download = 9;
	s->result.start_wall_us = 1700000000123456;
	s->result.queue_us = 10;
	s->result.flight_us = 2000;
	sample_times(&s->result.timing);
	sample_body(s, body, strlen(body));
}

/* It failed instead: 404, with the body that stands there. */
static inline void
sample_fail(struct sample *s)
{
	s->result.status = 404;
	failure_set(&s->result.failure, ERROR_HTTP, "status", 404,
	    "status 404 (%s)", "Not Found");
}

static inline void
sample_release(struct sample *s)
{
	request_free(s->request);
	result_release(&s->result);
	request_options_release(&s->options);
}

#endif
