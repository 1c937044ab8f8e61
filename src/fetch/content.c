#include "config.h"

#include "fetch/engine_private.h"

#include <string.h>

#include "decode/decoder.h"

enum {
	PIECE = 16 << 10,
	STEPS_AT_ONCE = 64 /* of a piece each, then it is others' turn */
};

static bool
has_header(struct attempt *a, const char *name)
{
	struct curl_header *h;

	return !curl_easy_header(a->easy, name, 0, CURLH_HEADER, -1, &h);
}

/* The lines of Content-Encoding as one. */
static void
add_encodings(struct attempt *a, struct buf *list)
{
	struct curl_header *h;

	for (size_t i = 0; !curl_easy_header(
	         a->easy, "Content-Encoding", i, CURLH_HEADER, -1, &h);
	     i++) {
		buf_adds(list, i ? "," : "");
		buf_adds(list, h->value);
	}
}

/* Nobody looks into the body of a redirect that is followed, so that it may
 * as well be encoded wrongly. */
static bool
is_ignored(struct attempt *a)
{
	return a->engine->options->follow && a->head.status >= 300 &&
	       a->head.status < 400 && has_header(a, "Location");
}

void
content_begin(struct attempt *a)
{
	struct content *c = &a->content;
	struct buf list;

	c->begun = true;
	if (!a->engine->options->compressed)
		return;
	buf_init(&list);
	add_encodings(a, &list);
	if (list.len)
		c->decoder = decoder_new(list.data);
	c->ignored = c->decoder && is_ignored(a);
	buf_release(&list);
}

void
content_reset(struct attempt *a)
{
	list_remove(&a->content.waiting);
	decoder_free(a->content.decoder);
	a->content = (struct content){0};
	list_init(&a->content.waiting);
}

static void
set_corrupt(struct attempt *a)
{
	const struct decoder *d = a->content.decoder;

	a->content.broken = true;
	if (!a->content.ignored)
		failure_set(&a->failure, ERROR_PROTOCOL, "encoding",
		    CURLE_BAD_CONTENT_ENCODING,
		    "cannot decode Content-Encoding %s: %s", decoder_coding(d),
		    decoder_cause(d));
}

static void
take_turns(struct engine *engine)
{
	static const struct timeval now = {0};

	if (!evtimer_pending(&engine->decode_timer, NULL))
		evtimer_add(&engine->decode_timer, &now);
}

/* libcurl keeps what is left of this piece, and the rest of the answer stays
 * in the socket, while everybody else has their turn. */
static size_t
wait_for_turn(struct attempt *a)
{
	list_push_back(&a->engine->decoding, &a->content.waiting);
	take_turns(a->engine);
	return CURL_WRITEFUNC_PAUSE;
}

/* A body of a few bytes may be one of gigabytes. */
size_t
content_decode(struct attempt *a, const char *data, size_t len)
{
	struct content *c = &a->content;
	size_t used = c->used < len ? c->used : len;
	char piece[PIECE];

	if (c->broken)
		return len;
	decoder_feed(c->decoder, data + used, len - used);
	c->used -= used;
	for (unsigned i = 0; i < STEPS_AT_ONCE; i++) {
		size_t n;

		switch (decoder_step(c->decoder, piece, sizeof(piece), &n)) {
		case DECODER_HUNGRY: return len;
		case DECODER_FAILED:
			set_corrupt(a);
			return c->ignored ? len : 0;
		case DECODER_GOES_ON: break;
		}
		if (n && !attempt_take_body(a, piece, n))
			return 0;
	}
	c->used = len - decoder_left(c->decoder);
	return wait_for_turn(a);
}

static void
go_on(struct attempt *a)
{
	CURLcode code = curl_easy_pause(a->easy, CURLPAUSE_CONT);

	if (code == CURLE_OK)
		return;
	lane_stop(a->lane, a);
	attempt_finish(a, code);
}

/* One at a time: however many such bodies there are, a turn of the loop is
 * short. */
static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct engine *engine = arg;
	struct list *l = list_pop_front(&engine->decoding);

	(void)fd;
	(void)what;
	if (l)
		go_on(container_of(l, struct attempt, content.waiting));
	if (!list_empty(&engine->decoding))
		take_turns(engine);
}

void
content_open(struct engine *engine)
{
	list_init(&engine->decoding);
	evtimer_assign(&engine->decode_timer, engine->base, on_turn, engine);
}

void
content_close(struct engine *engine)
{
	evtimer_del(&engine->decode_timer);
}

/* An answer without a body, whose framing says so, may well be labelled as an
 * encoded one. */
static bool
is_empty(const struct attempt *a, int http_version)
{
	return a->received == 0 && (a->head.framed || http_version >= 20);
}

static bool
has_no_body(const struct attempt *a)
{
	return a->head.status == 204 || a->head.status == 304 ||
	       strcmp(hop_method(a->spec.hop, a->spec.request), "HEAD") == 0;
}

void
content_check(struct attempt *a, int http_version, struct failure *f)
{
	struct content *c = &a->content;

	if (has_no_body(a) || is_empty(a, http_version))
		return;
	if (!c->begun)
		content_begin(a);
	if (!c->decoder || c->ignored || decoder_is_whole(c->decoder))
		return;
	if (a->head.status == 206)
		failure_set(f, ERROR_PROTOCOL, "encoding", 0,
		    "a part of a %s stream cannot be decoded; leave out "
		    "--compressed or -r",
		    decoder_coding(c->decoder));
	else
		failure_set(f, ERROR_RESET, "truncated", 0,
		    "the body ends before the end of its %s stream",
		    decoder_coding(c->decoder));
}
