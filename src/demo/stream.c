/*
 * Long answers: /bytes, as fast as the client reads, and /stream, line by line
 * at its pace.
 */
#include "config.h"

#include "demo/routes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "demo/items.h"
#include "demo/reply.h"

#define BYTES_MAX (UINT64_C(1) << 40)
#define LINES_MAX UINT64_C(1000000)

enum {
	RULER = 16,          /* bytes of one line of /bytes */
	PIECE = RULER * 4096 /* bytes in memory at once */
};

/* A body that is being sent. At each offset 16 k it has the number 16 k, 15
 * digits wide, and a newline, so a reader sees which bytes are missing. */
struct download {
	struct demo *demo;
	struct evhttp_request *req;
	uint64_t at;   /* offset of the next piece */
	uint64_t left; /* bytes from there on */
};

/* Append `len` bytes of the body, from offset `from` on, a multiple of
 * RULER. */
static void
add_ruler(struct evbuffer *out, uint64_t from, size_t len)
{
	char line[RULER + 1];

	for (size_t done = 0; done < len; done += RULER) {
		size_t n = len - done < RULER ? len - done : RULER;

		snprintf(line, sizeof(line), "%015" PRIu64 "\n",
		    (from + done) % UINT64_C(1000000000000000));
		evbuffer_add(out, line, n);
	}
}

/* The client has left. If evhttp has detached the request from its connection,
 * it is ours to free; else evhttp frees it. */
static void
on_close(struct evhttp_connection *c, void *arg)
{
	struct download *d = arg;

	(void)c;
	if (!d->demo->evhttp.request_get_connection(d->req))
		d->demo->evhttp.request_free(d->req);
	free(d);
}

static void
finish_download(struct download *d)
{
	d->demo->evhttp.connection_set_closecb(
	    d->demo->evhttp.request_get_connection(d->req), NULL, NULL);
	d->demo->evhttp.send_reply_end(d->req);
	free(d);
}

/* Send the next piece; evhttp calls it again when that one is written. So a
 * body of a terabyte takes no more memory than a piece. */
static void
send_piece(struct evhttp_connection *c, void *arg)
{
	struct download *d = arg;
	size_t len = d->left < PIECE ? (size_t)d->left : PIECE;
	struct evbuffer *out;

	(void)c;
	if (len == 0) {
		finish_download(d);
		return;
	}
	out = evbuffer_new();
	if (!out)
		die("out of memory");
	add_ruler(out, d->at, len);
	d->at += len;
	d->left -= len;
	d->demo->evhttp.send_reply_chunk_with_cb(d->req, out, send_piece, d);
	evbuffer_free(out);
}

static void
start_download(const struct visit *v, uint64_t size)
{
	struct evhttp_connection *c =
	    v->demo->evhttp.request_get_connection(v->req);
	struct download *d = xcalloc(1, sizeof(*d));
	char length[24];

	d->demo = v->demo;
	d->req = v->req;
	d->left = size;
	snprintf(length, sizeof(length), "%" PRIu64, size);
	visit_add_header(v, "Content-Type", "application/octet-stream");
	visit_add_header(v, "Content-Length", length);
	v->demo->evhttp.connection_set_closecb(c, on_close, d);
	v->demo->evhttp.send_reply_start(v->req, 200, NULL);
	send_piece(c, d);
}

void
answer_bytes(const struct visit *v)
{
	const char *rest = v->rest;
	uint64_t size;

	if (!visit_take_number(&rest, BYTES_MAX, &size) || *rest)
		reply_error(v, 400, "use /bytes/N, N up to 1 TiB");
	else if (reply_is_head(v))
		reply_head(v, 200, "application/octet-stream", size);
	else
		start_download(v, size);
}

/* The lines of /stream that are still to be sent. */
struct feed {
	uint64_t next; /* number of the next line */
	uint64_t last;
	int64_t gap_us; /* between two lines */
};

/* The step of a stream (reply_later): send one line. */
static int64_t
send_line(const struct visit *v, void *arg)
{
	struct feed *f = arg;
	struct evbuffer *out;
	struct buf line;

	if (f->next > f->last || reply_gone(v)) {
		v->demo->evhttp.send_reply_end(v->req);
		return -1;
	}
	out = evbuffer_new();
	if (!out)
		die("out of memory");
	buf_init(&line);
	item_add_json(&line, f->next++);
	buf_addc(&line, '\n');
	evbuffer_add(out, line.data, line.len);
	v->demo->evhttp.send_reply_chunk(v->req, out);
	buf_release(&line);
	evbuffer_free(out);
	return f->gap_us;
}

void
answer_stream(const struct visit *v)
{
	const char *rest = v->rest;
	struct feed *f;
	uint64_t lines, gap_ms;

	gap_ms = visit_query_number(v, "gap", 10);
	if (!visit_take_number(&rest, LINES_MAX, &lines) || *rest) {
		reply_error(v, 400, "use /stream/N, N up to 1,000,000");
		return;
	}
	f = xcalloc(1, sizeof(*f));
	f->next = 1;
	f->last = lines;
	f->gap_us = (int64_t)(gap_ms < 60000 ? gap_ms : 60000) * CLOCK_MS;
	visit_add_header(v, "Content-Type", "application/x-ndjson");
	v->demo->evhttp.send_reply_start(v->req, 200, NULL);
	reply_later(v, 0, send_line, f);
}
