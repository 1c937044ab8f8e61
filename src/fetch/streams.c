#include "config.h"

#include "fetch/streams.h"

#include <dlfcn.h>
#include <string.h>

#include "fetch/engine_private.h"

/*
 * libcurl (7.88, and much of it later, too) keeps to itself what a server
 * says about a stream. It repeats a refused one, but does not tell, so that a
 * POST looks as if it were sent twice; and what came before a RST_STREAM in
 * the same read is lost, though it may be a whole answer, as nginx sends it
 * while the body of a POST is still on its way (RFC 9113, 8.1).
 *
 * So we stand between libcurl and nghttp2: the two functions by which libcurl
 * says what is to be called are defined here, too, and a program's own come
 * first for the dynamic linker. Where libcurl is linked otherwise nobody
 * calls them, and nothing is known of a stream, as without this file.
 */

/* Of nghttp2.h, whose binary interface is that of libnghttp2.so.14; no more
 * is needed, and its header need not be installed. */
struct nghttp2_session;
struct nghttp2_callbacks;
enum {
	FRAME_DATA = 0,
	FRAME_HEADERS = 1,
	FRAME_RST_STREAM = 3,
	FLAG_END_STREAM = 1,
	NO_ERROR = 0,
	REFUSED_STREAM = 7,
	HTTP_1_1_REQUIRED = 13
};
struct frame {
	size_t length;
	int32_t stream_id;
	uint8_t type;
	uint8_t flags;
	uint8_t reserved;
	size_t padding; /* of FRAME_DATA */
};
typedef int frame_callback(
    struct nghttp2_session *, const struct frame *, void *);
typedef int close_callback(
    struct nghttp2_session *, int32_t stream_id, uint32_t error, void *);

void nghttp2_session_callbacks_set_on_frame_recv_callback(
    struct nghttp2_callbacks *, frame_callback *);
void nghttp2_session_callbacks_set_on_stream_close_callback(
    struct nghttp2_callbacks *, close_callback *);

/* libcurl's, the same for all sessions: a callback has no other way to find
 * the one that it stands before. */
static frame_callback *libcurl_on_frame;
static close_callback *libcurl_on_close;

/* ISO C has no such cast. */
static void
find_next(const char *name, void *function)
{
	void *found = dlsym(RTLD_NEXT, name);

	memcpy(function, &found, sizeof(found));
}

static struct attempt *
attempt_of(struct nghttp2_session *session, int32_t id)
{
	static void *(*user_data)(struct nghttp2_session *, int32_t);
	struct attempt *a = NULL;
	CURL *easy;

	if (!user_data)
		find_next("nghttp2_session_get_stream_user_data", &user_data);
	easy = id && user_data ? user_data(session, id) : NULL;
	if (easy)
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, &a);
	return a;
}

static void
take_frame(struct stream *s, const struct frame *frame)
{
	if (frame->type != FRAME_DATA && frame->type != FRAME_HEADERS)
		return;
	if (frame->type == FRAME_DATA)
		s->size += frame->length - frame->padding;
	s->begun = true;
	s->ended |= (frame->flags & FLAG_END_STREAM) != 0;
}

/* What was whole stays whole, whatever is said of it afterwards. */
static int
on_frame(struct nghttp2_session *session, const struct frame *frame, void *arg)
{
	struct attempt *a = attempt_of(session, frame->stream_id);

	if (a)
		take_frame(&a->stream, frame);
	if (a && a->stream.ended && frame->type == FRAME_RST_STREAM) {
		lane_note_early(a);
		return 0;
	}
	return libcurl_on_frame(session, frame, arg);
}

static int
on_close(struct nghttp2_session *session, int32_t id, uint32_t error, void *arg)
{
	struct attempt *a = attempt_of(session, id);

	if (a && !a->stream.begun)
		a->stream.refused =
		    error == REFUSED_STREAM || error == HTTP_1_1_REQUIRED;
	if (a && a->stream.ended)
		error = NO_ERROR;
	return libcurl_on_close(session, id, error, arg);
}

void
nghttp2_session_callbacks_set_on_frame_recv_callback(
    struct nghttp2_callbacks *callbacks, frame_callback *callback)
{
	void (*set)(struct nghttp2_callbacks *, frame_callback *);

	find_next(__func__, &set);
	if (!libcurl_on_frame)
		libcurl_on_frame = callback;
	/* Another one is not that of the streams of requests. */
	set(callbacks, callback == libcurl_on_frame ? on_frame : callback);
}

void
nghttp2_session_callbacks_set_on_stream_close_callback(
    struct nghttp2_callbacks *callbacks, close_callback *callback)
{
	void (*set)(struct nghttp2_callbacks *, close_callback *);

	find_next(__func__, &set);
	if (!libcurl_on_close)
		libcurl_on_close = callback;
	set(callbacks, callback == libcurl_on_close ? on_close : callback);
}

bool
stream_is_whole(const struct stream *s, uint64_t received)
{
	return s->ended && s->size == received;
}
