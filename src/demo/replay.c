/*
 * From a request to the recorded answer; the answer in its time; and which
 * connections are open, since the first request on one waits as long as the
 * recorded connections took.
 */
#include "config.h"

#include "demo/replay.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <event2/buffer.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "demo/reply.h"
#include "json/write.h"
#include "process/log.h"
#include "redact/redact.h"
#include "request/url.h"

enum {
	STEP_US = 5000,    /* between two pieces of a body */
	AT_ONCE_US = 2000, /* a body that took no longer comes in one piece */
	NAMED = 10         /* unknown requests */
};

/* --- connections ---------------------------------------------------------- */

/* A connection that is open. */
struct peer {
	struct list link; /* in replay.peers */
	struct evhttp_connection *connection;
};

static void
on_close(struct evhttp_connection *c, void *arg)
{
	struct peer *p = arg;

	(void)c;
	list_remove(&p->link);
	free(p);
}

/* Is this the first request on its connection? */
static bool
is_first(const struct visit *v)
{
	struct evhttp_connection *c =
	    v->demo->evhttp.request_get_connection(v->req);
	struct list *peers = &v->demo->replay->peers;
	struct peer *p;

	LIST_FOREACH (at, peers) {
		if (container_of(at, struct peer, link)->connection == c)
			return false;
	}
	p = xcalloc(1, sizeof(*p));
	p->connection = c;
	list_push_back(peers, &p->link);
	v->demo->evhttp.connection_set_closecb(c, on_close, p);
	return true;
}

/* --- the answer in its time ----------------------------------------------- */

/* A recorded answer on its way out. */
struct playback {
	const struct recorded *recorded;
	int64_t receive_us; /* for the body */
	size_t pieces;      /* of the body; 0: there is none */
	size_t sent;
	char authority[]; /* of the client's Host */
};

/* RFC 9110, 6.4.1. */
static bool
has_body(int status)
{
	return status != 204 && status != 304;
}

/* A reason phrase that can stand in a status line; NULL: take the usual one. */
static const char *
reason_of(const struct har_exchange *x)
{
	const char *c = x->status_text;

	while (c && *c >= ' ' && *c < 0x7f)
		c++;
	return c && !*c && *x->status_text ? x->status_text : NULL;
}

/* The length that the answer to a HEAD names; -1: none. */
static int64_t
length_for_head(const struct har_exchange *x)
{
	const char *length = har_fields_find(&x->headers, "Content-Length");

	if (x->body.len)
		return (int64_t)x->body.len;
	if (!length || !*length || strlen(length) > 18 ||
	    strspn(length, "0123456789") != strlen(length))
		return -1;
	return strtoll(length, NULL, 10);
}

static void
add_length(const struct visit *v, const struct har_exchange *x)
{
	int64_t len =
	    reply_is_head(v) ? length_for_head(x) : (int64_t)x->body.len;
	char text[24];

	if (len < 0 || !has_body(x->status))
		return;
	snprintf(text, sizeof(text), "%" PRId64, len);
	visit_add_header(v, "Content-Length", text);
}

/* Send the bytes of the next piece. */
static void
send_piece(const struct visit *v, struct playback *p)
{
	const struct buf *body = &p->recorded->exchange.body;
	size_t from = body->len / p->pieces * p->sent;
	size_t end = ++p->sent == p->pieces ? body->len
	                                    : body->len / p->pieces * p->sent;
	struct evbuffer *out = evbuffer_new();

	if (!out)
		die("out of memory");
	evbuffer_add(out, buf_text(body) + from, end - from);
	v->demo->evhttp.send_reply_chunk(v->req, out);
	evbuffer_free(out);
}

static void
send_head(const struct visit *v, struct playback *p)
{
	const struct har_exchange *x = &p->recorded->exchange;

	replay_add_headers(
	    v, &v->demo->replay->recording, p->recorded, p->authority);
	add_length(v, x);
	if (p->pieces)
		v->demo->evhttp.send_reply_start(
		    v->req, x->status, reason_of(x));
	else
		v->demo->evhttp.send_reply(
		    v->req, x->status, reason_of(x), NULL);
}

/* How long after its predecessor the next piece is sent: the first with the
 * headers, and the last when all of the time is over. */
static int64_t
time_to_next(const struct playback *p)
{
	int64_t n = (int64_t)p->pieces - 1, k = (int64_t)p->sent;

	return p->receive_us * k / n - p->receive_us * (k - 1) / n;
}

static int64_t
finish(const struct visit *v)
{
	v->demo->evhttp.send_reply_end(v->req);
	return -1;
}

/* The step of an answer (reply_later). */
static int64_t
send_next(const struct visit *v, void *arg)
{
	struct playback *p = arg;

	if (p->sent == 0) {
		send_head(v, p);
		if (!p->pieces)
			return -1;
	}
	if (reply_gone(v))
		return finish(v);
	send_piece(v, p);
	return p->sent < p->pieces ? time_to_next(p) : finish(v);
}

/* A recorded time at the speed that was asked for. */
static int64_t
scaled(const struct replayer *r, int64_t us)
{
	return (int64_t)((double)us / r->speed + 0.5);
}

/* How many pieces the body is sent in. A short one that took long takes at
 * least two, so that its end comes late. */
static size_t
count_pieces(const struct har_exchange *x, int64_t receive_us)
{
	size_t n = (size_t)(receive_us / STEP_US) + 2;

	if (receive_us < AT_ONCE_US)
		return 1;
	if (x->body.len < 2)
		return 2;
	return n < x->body.len ? n : x->body.len;
}

static void
play(const struct visit *v, const struct recorded *a, const char *authority)
{
	const struct replayer *r = v->demo->replay;
	const struct har_exchange *x = &a->exchange;
	struct playback *p = xcalloc(1, sizeof(*p) + strlen(authority) + 1);
	int64_t wait_us = x->wait_us;

	if (is_first(v))
		wait_us += recording_connect_us(&r->recording, a);
	p->recorded = a;
	memcpy(p->authority, authority, strlen(authority) + 1);
	p->receive_us = scaled(r, x->receive_us);
	wait_us = scaled(r, wait_us);
	if (!reply_is_head(v) && has_body(x->status) && x->body.len)
		p->pieces = count_pieces(x, p->receive_us);
	if (p->pieces < 2)
		wait_us += p->receive_us;
	reply_later(v, wait_us, send_next, p);
}

/* --- requests that were not recorded -------------------------------------- */

/* Answer with what is most like the request, as it was probably meant. That
 * may be the same request with another body. */
static void
refuse(const struct visit *v, const struct question *q)
{
	struct replayer *r = v->demo->replay;
	const struct recorded *near = recording_nearest(&r->recording, q);
	const char *with = recording_is_asked(near, q) ? " with this body" : "";
	char *asked = xasprintf("%s %s", q->method, q->target);
	char *safe = redacted(REDACT_URL, asked);
	struct buf body = {0};

	if (r->unknown++ < NAMED)
		log_note("%s was not recorded%s; the nearest is %s", safe, with,
		    near->url);
	buf_addf(&body, "{\"error\":\"not recorded%s\"", with);
	json_open_member(&body, "request");
	json_add_text_or_null(&body, safe);
	json_open_member(&body, "nearest");
	json_add_text_or_null(&body, near->url);
	buf_addc(&body, '}');
	free(safe);
	free(asked);
	reply_json(v, 404, &body);
}

/* --- requests ------------------------------------------------------------- */

/* The path and query of a request, also of one to a proxy, which names the
 * whole URL (RFC 9112, 3.2.2). */
static const char *
target_of(const struct visit *v)
{
	const char *uri = v->demo->evhttp.request_get_uri(v->req);

	if (strncasecmp(uri, "http://", 7) == 0 ||
	    strncasecmp(uri, "https://", 8) == 0) {
		uri = url_authority(uri);
		uri += strcspn(uri, "/?#");
	}
	return *uri ? uri : "/";
}

/* The authority that the client has in mind: that of the whole URL, or its
 * Host. Caller frees. */
static char *
authority_of(const struct visit *v)
{
	const char *uri = v->demo->evhttp.request_get_uri(v->req);
	const char *host = visit_header(v, "Host");

	return recording_authority(*uri == '/' ? (host ? host : "") : uri);
}

void
replay_answer(struct demo *d, struct evhttp_request *req)
{
	struct visit v = {.demo = d, .req = req};
	struct evbuffer *in = d->evhttp.request_get_input_buffer(req);
	size_t len = evbuffer_get_length(in);
	char *authority = authority_of(&v);
	struct question q = {.method = visit_method(&v),
	    .target = target_of(&v),
	    .authority = authority,
	    .body = len ? (const char *)evbuffer_pullup(in, -1) : "",
	    .body_len = len};
	const struct recorded *a = recording_find(&d->replay->recording, &q);

	if (a)
		play(&v, a, authority);
	else
		refuse(&v, &q);
	free(authority);
}

/* --- opening -------------------------------------------------------------- */

int
replay_load(struct replayer *r, const char *path, double speed, char **cause)
{
	const struct recording *rec = &r->recording;

	*r = (struct replayer){.speed = speed};
	list_init(&r->peers);
	if (recording_load(&r->recording, path, cause))
		return -1;
	log_note("%s: replaying %zu answer%s of %s%s", path, rec->len,
	    rec->len == 1 ? "" : "s", rec->origins.items[0],
	    rec->origins.len > 1 ? " and others" : "");
	if (rec->skipped)
		log_note("%s: %zu entr%s left out: without an answer, or not "
		         "http",
		    path, rec->skipped, rec->skipped == 1 ? "y is" : "ies are");
	if (rec->bodiless)
		log_note("%s: %zu answer%s recorded without the body and "
		         "will be empty; record with --har and --with-body",
		    path, rec->bodiless,
		    rec->bodiless == 1 ? " was" : "s were");
	return 0;
}

void
replay_unload(struct replayer *r)
{
	struct list *at;

	if (r->unknown > NAMED)
		log_note("%" PRIu64 " requests were not recorded", r->unknown);
	while ((at = list_pop_front(&r->peers)))
		free(container_of(at, struct peer, link));
	recording_release(&r->recording);
}
