/*
 * Routes that answer from the request alone: delays, statuses, fixed documents,
 * redirects, compression.
 */
#include "config.h"

#include "demo/routes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <event2/http.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "demo/reply.h"

#define DELAY_MAX     86400.0 /* seconds */
#define REDIRECTS_MAX UINT64_C(1000)

/* The step of a delayed answer (reply_later). */
static int64_t
send_delayed(const struct visit *v, void *seconds)
{
	struct buf b;

	buf_init(&b);
	buf_addf(&b, "{\"delay\":%g}", *(double *)seconds);
	reply_json(v, 200, &b);
	return -1;
}

void
answer_delay(const struct visit *v)
{
	const char *rest = v->rest;
	double *seconds = xmalloc(sizeof(*seconds));

	if (visit_take_decimal(&rest, DELAY_MAX, seconds) && !*rest) {
		reply_later(v, (int64_t)(*seconds * (double)CLOCK_SECOND),
		    send_delayed, seconds);
		return;
	}
	free(seconds);
	reply_error(v, 400, "use /delay/N, N seconds, such as 0.5");
}

/* Any status from 200 on. ?retry_after=N becomes the header; 401 asks for a
 * password, as a client must see a challenge in order to answer it. */
void
answer_status(const struct visit *v)
{
	const char *rest = v->rest;
	char *retry_after = visit_query(v, "retry_after");
	struct buf b;
	uint64_t status;

	if (retry_after)
		visit_add_header(v, "Retry-After", retry_after);
	free(retry_after);
	if (!visit_take_number(&rest, 599, &status) || status < 200 || *rest) {
		reply_error(v, 400, "use /status/N, N from 200 to 599");
		return;
	}
	if (status == 401)
		visit_add_header(
		    v, "WWW-Authenticate", "Basic realm=\"gather demo\"");
	buf_init(&b);
	buf_addf(&b, "{\"status\":%" PRIu64 "}", status);
	reply_json(v, (int)status, &b);
}

/* A document with numbers that a double cannot hold, text beyond ASCII and
 * every kind of value: it shows what a client changes on the way. */
void
answer_json(const struct visit *v)
{
	struct buf b;

	buf_init(&b);
	buf_adds(&b,
	    "{\"title\":\"A document with a bit of everything\","
	    "\"big\":9007199254740993,\"exact\":0.30000000000000004,"
	    "\"price\":12.50,\"yes\":true,\"no\":false,\"nothing\":null,"
	    "\"empty\":\"\",\"text\":\"gr\xc3\xbc\xc3\x9f dich\","
	    "\"escaped\":\"tab\\tquote\\\"snowman\\u2603\","
	    "\"user\":{\"name\":\"quiet-otter\",\"roles\":[\"admin\","
	    "\"owner\"]},\"matrix\":[[1,2],[3,4]],"
	    "\"slides\":[{\"title\":\"First\",\"minutes\":5},"
	    "{\"title\":\"Second\",\"minutes\":7}]}");
	reply_json(v, 200, &b);
}

/* /title and /title/TEXT: a page for --xpath, with a link for --each-xpath. */
void
answer_title(const struct visit *v)
{
	char *text = v->demo->evhttp.uridecode(v->rest, 0, NULL);
	char *html =
	    v->demo->evhttp.htmlescape(text && *text ? text : "Quiet otters");
	struct buf b;

	if (!html)
		die("out of memory");
	buf_init(&b);
	buf_addf(&b,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta "
	    "charset=\"utf-8\"><title>%s</title></head>\n"
	    "<body><h1>%s</h1><p>Served by gather's demo server.</p>"
	    "<a href=\"/items\">items</a></body>\n</html>\n",
	    html, html);
	free(html);
	free(text);
	reply_send(v, 200, "text/html; charset=utf-8", &b);
}

/* Does If-None-Match (RFC 9110, 13.1.2) list `tag`, which includes its
 * quotes? */
static bool
names_tag(const char *if_none_match, const char *tag)
{
	return if_none_match &&
	       (strcmp(if_none_match, "*") == 0 || strstr(if_none_match, tag));
}

void
answer_etag(const struct visit *v)
{
	static const char tag[] = "\"otter-1\"";
	bool known = names_tag(visit_header(v, "If-None-Match"), tag);
	struct buf b;

	visit_add_header(v, "ETag", tag);
	visit_add_header(v, "Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT");
	buf_init(&b);
	buf_adds(&b, "{\"etag\":\"otter-1\"}");
	reply_json(v, known ? 304 : 200, &b);
}

/* The status of ?status=, if it is a redirect; else 302. */
static int
redirect_status(const struct visit *v)
{
	uint64_t status = visit_query_number(v, "status", 302);

	return status >= 300 && status <= 399 ? (int)status : 302;
}

static void
send_redirect(const struct visit *v, const char *location)
{
	struct buf b;

	visit_add_header(v, "Location", location);
	buf_init(&b);
	buf_adds(&b, "{\"redirected\":true}");
	reply_json(v, redirect_status(v), &b);
}

/* /redirect/N redirects to /redirect/N-1, and 0 is the end. */
void
answer_redirect(const struct visit *v)
{
	const char *rest = v->rest;
	struct buf b;
	uint64_t left;

	if (!visit_take_number(&rest, REDIRECTS_MAX, &left) || *rest) {
		reply_error(v, 400, "use /redirect/N, N up to 1000");
		return;
	}
	buf_init(&b);
	if (left == 0) {
		buf_adds(&b, "{\"redirected\":false}");
		reply_json(v, 200, &b);
		return;
	}
	buf_addf(&b, "/redirect/%" PRIu64, left - 1);
	send_redirect(v, b.data);
	buf_release(&b);
}

/* To any URL, also of another origin: whoever asks could go there directly. */
void
answer_redirect_to(const struct visit *v)
{
	char *url = visit_query(v, "url");

	if (url)
		send_redirect(v, url);
	else
		reply_error(v, 400, "use /redirect-to?url=URL");
	free(url);
}

/* Append `text` as gzip (RFC 1952) to `out`. */
static void
add_gzipped(struct buf *out, const char *text, size_t len)
{
	enum {
		GZIP_WINDOW = 15 + 16,
		MEMORY = 8
	};
	z_stream z = {0};
	size_t room;

	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW,
	        MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		die("out of memory");
	room = deflateBound(&z, len);
	z.next_out = (Bytef *)buf_reserve(out, room);
	z.avail_out = (uInt)room;
	z.next_in = (const Bytef *)text;
	z.avail_in = (uInt)len;
	deflate(&z, Z_FINISH);
	out->len += z.total_out;
	deflateEnd(&z);
}

/* The answer is compressed even if the client did not ask for it, as some
 * servers do. */
void
answer_gzip(const struct visit *v)
{
	static const char text[] = "{\"gzipped\":true}\n";
	struct buf b;

	buf_init(&b);
	add_gzipped(&b, text, sizeof(text) - 1);
	visit_add_header(v, "Content-Encoding", "gzip");
	reply_send(v, 200, "application/json", &b);
}
