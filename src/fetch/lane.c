/*
 * A lane is one multi handle of libcurl with its sockets and timers on the
 * event loop, and the attempts whose easy handles are used in it again and
 * again. There are several, as the cost of a multi grows with the transfers
 * in flight and with the origins it has ever seen.
 *
 * From top to bottom: how many idle connections are kept; an attempt is made
 * and reset; frames of HTTP/2 are noted; a lane is made, does its work and is
 * freed; a lane is chosen for a request; the engine's lanes as a whole.
 */
#include "config.h"

#include "fetch/engine_private.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/library.h"
#include "base/xalloc.h"

enum {
	LANE_REQUESTS = 32, /* in flight per lane, before another helps */
	LANE_MAX = 160,
	LANE_ORIGINS = 512, /* a lane that has served so many is retired */
	/* In flight of one origin over HTTP/1: libcurl walks along all of the
	 * lane's connections to an origin, twice for each request. */
	LANE_ORIGIN_H1 = 32,
	/* The same over HTTP/2, or where the version is not known yet: beyond
	 * it libcurl opens a connection per request. */
	LANE_ORIGIN_H2 = 100
};

/* What one lane has of one origin. */
struct lane_origin {
	const char *name; /* borrowed from lane->origins */
	unsigned flying;  /* attempts that were taken and not given back */
	unsigned room;    /* for attempts */
	char *addresses;  /* that libcurl has for it; owned; NULL: none */
};

/* How the attempts for one origin are spread over the lanes. */
struct spread {
	const char *origin; /* borrowed from engine->spreads */
	unsigned flying;    /* attempts, in all lanes; never 0 */
	unsigned home;      /* the number of the lane that is its first */
	unsigned full;      /* so many lanes, from its home on, have no room */
};

struct lane {
	struct list link; /* among the retired ones */
	struct engine *engine;
	CURLM *multi;
	struct event timer;       /* libcurl's */
	bool due_at_once;         /* that is pending, for now */
	struct strmap origins;    /* -> struct lane_origin */
	struct lane_origin *last; /* of the request before; likely again */
	struct list idle;         /* attempts to be used again */
	struct socket_set sockets;
	struct list early;   /* attempts that note_early() named */
	unsigned users;      /* attempts that are not idle */
	unsigned users_room; /* that the cache of connections is made for */
	bool retired;        /* it takes no more attempts */
	bool multiplexes;    /* an answer came over HTTP/2 or HTTP/3 */
};

/* --- how many idle connections are kept ----------------------------------- */

enum {
	CACHE_ALL = 1024, /* connections of all lanes, unless more are in use;
	                   * an idle one over TLS takes 25 KB */
	CACHE_IDLE = 32,  /* beside those in use, at least, in each lane */
	MARGIN = 4        /* sockets: a connection may try several addresses */
};

/* How many connections a lane keeps, idle ones and others. This is set, because
 * libcurl's default follows the number of handles of the moment and reconnects
 * all the time. */
static long
cache_size(const struct lane *lane)
{
	const struct engine *engine = lane->engine;
	size_t lanes = (size_t)engine->lanes_len * engine->common->engines;
	size_t room = common_sockets_max(engine->common) / 2;
	size_t share = (room < CACHE_ALL ? room : CACHE_ALL) / lanes;
	size_t least = lane->users_room + CACHE_IDLE;

	if (engine->sockets_scarce)
		return 1;
	return (long)(share < least ? least : share);
}

/* Set how many connections a lane keeps and opens. Where room for sockets is
 * scarce, whoever needs a new connection takes the place of the one that has
 * been idle for longest. */
static void
set_cache(struct lane *lane)
{
	bool scarce = lane->engine->sockets_scarce;

	curl_multi_setopt(lane->multi, CURLMOPT_MAXCONNECTS, cache_size(lane));
	curl_multi_setopt(lane->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
	    scarce ? (long)lane->users + 1 : 0L);
}

/* An attempt more uses the lane. Were the cache for fewer connections than are
 * in use, libcurl would close one after each request. */
static void
add_user(struct lane *lane)
{
	if (++lane->users <= lane->users_room)
		return;
	lane->users_room += LANE_REQUESTS;
	set_cache(lane);
}

/* --- attempts, and their handles, which a lane keeps ---------------------- */

enum {
	HEAD_KEPT = 4096 /* bytes of memory that stay for the next heads */
};

/* An attempt of the lane, ready for its first transfer. */
static struct attempt *
new_attempt(struct lane *lane)
{
	struct attempt *a = xcalloc(1, sizeof(*a));

	a->engine = lane->engine;
	a->lane = lane;
	upload_init(&a->upload, a);
	list_init(&a->link);
	list_init(&a->waiter);
	list_init(&a->early);
	list_init(&a->content.waiting);
	body_init(&a->body);
	a->easy = curl_easy_init();
	if (!a->easy)
		die("libcurl cannot make an easy handle");
	return a;
}

/* Empty a buffer for heads. A large one is freed: else each attempt would have
 * one of the size of the largest head of all in the end. */
static void
empty_head(struct buf *b)
{
	if (b->cap > HEAD_KEPT)
		buf_release(b);
	else
		buf_clear(b);
}

/* Make the attempt ready for another transfer; what its handle is set up for
 * stays. */
static void
reset_attempt(struct attempt *a)
{
	upload_close(&a->upload);
	failure_clear(&a->failure);
	empty_head(&a->headers);
	empty_head(&a->heads);
	empty_head(&a->request_headers);
	a->has_quota_header = a->has_type = false;
	a->headers_total = 0;
	a->error[0] = '\0';
	a->os_errno = 0;
	a->is_over = false;
	a->wire_count = 0;
	a->sending = false;
	a->wire = WIRE_UNSENT;
	a->head = (struct head){0};
	attempt_reset_body(a);
	a->stream = (struct stream){0};
	a->tick_size = 0;
	a->slow_ticks = 0;
	a->wire_us = -1;
	a->lookup_us = -1;
}

static void
free_attempt(struct attempt *a)
{
	if (!a)
		return;
	attempt_forget_setup(a);
	curl_easy_cleanup(a->easy);
	reset_attempt(a);
	buf_release(&a->headers);
	buf_release(&a->heads);
	buf_release(&a->request_headers);
	buf_release(&a->tag);
	free(a);
}

/* --- what HTTP/2 says about a stream -------------------------------------- */

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
 * calls them, and nothing is known of a stream.
 *
 * They stand in this file, not in one of their own, as the linker takes a file
 * out of an archive only if somebody calls it.
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
typedef void *user_data_getter(struct nghttp2_session *, int32_t stream_id);
typedef int close_callback(
    struct nghttp2_session *, int32_t stream_id, uint32_t error, void *);

void nghttp2_session_callbacks_set_on_frame_recv_callback(
    struct nghttp2_callbacks *, frame_callback *);
void nghttp2_session_callbacks_set_on_stream_close_callback(
    struct nghttp2_callbacks *, close_callback *);

/* The callbacks of libcurl, the same for all sessions of all threads: ours have
 * no other way to find those that they stand before. */
static _Atomic(frame_callback *) libcurl_on_frame;
static _Atomic(close_callback *) libcurl_on_close;

/* The attempt whose stream this is; NULL: none. libcurl keeps its easy handle
 * as the user data of the stream. */
static struct attempt *
attempt_of(struct nghttp2_session *session, int32_t id)
{
	static _Atomic(user_data_getter *) found;
	user_data_getter *user_data = atomic_load(&found);
	struct attempt *a = NULL;
	CURL *easy;

	if (!user_data) {
		library_find_next(
		    "nghttp2_session_get_stream_user_data", &user_data);
		atomic_store(&found, user_data);
	}
	easy = id && user_data ? user_data(session, id) : NULL;
	if (easy)
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, &a);
	return a;
}

/* Note what a frame says; padding of DATA is not part of the body. */
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

/* Note that the server has answered the attempt as a whole and reads no more
 * of its request: the lane ends it soon (end_early), though libcurl would wait
 * until it may send the rest. */
static void
note_early(struct attempt *a)
{
	list_remove(&a->early);
	list_push_back(&a->lane->early, &a->early);
}

/* Stands before libcurl's own callback. An answer that was whole stays whole,
 * so libcurl does not hear of a RST_STREAM after it. */
static int
on_frame(struct nghttp2_session *session, const struct frame *frame, void *arg)
{
	struct attempt *a = attempt_of(session, frame->stream_id);

	if (a)
		take_frame(&a->stream, frame);
	if (a && a->stream.ended && frame->type == FRAME_RST_STREAM) {
		note_early(a);
		return 0;
	}
	return atomic_load(&libcurl_on_frame)(session, frame, arg);
}

/* Stands before libcurl's own callback: note whether the server has refused the
 * stream, and tell of no error once the answer is whole. */
static int
on_stream_close(
    struct nghttp2_session *session, int32_t id, uint32_t error, void *arg)
{
	struct attempt *a = attempt_of(session, id);

	if (a && !a->stream.begun)
		a->stream.refused =
		    error == REFUSED_STREAM || error == HTTP_1_1_REQUIRED;
	if (a && a->stream.ended)
		error = NO_ERROR;
	return atomic_load(&libcurl_on_close)(session, id, error, arg);
}

void
nghttp2_session_callbacks_set_on_frame_recv_callback(
    struct nghttp2_callbacks *callbacks, frame_callback *callback)
{
	void (*set)(struct nghttp2_callbacks *, frame_callback *);
	frame_callback *first = NULL;

	library_find_next(__func__, &set);
	if (atomic_compare_exchange_strong(&libcurl_on_frame, &first, callback))
		first = callback;
	/* Another callback is not that of libcurl's requests. */
	set(callbacks, callback == first ? on_frame : callback);
}

void
nghttp2_session_callbacks_set_on_stream_close_callback(
    struct nghttp2_callbacks *callbacks, close_callback *callback)
{
	void (*set)(struct nghttp2_callbacks *, close_callback *);
	close_callback *first = NULL;

	library_find_next(__func__, &set);
	if (atomic_compare_exchange_strong(&libcurl_on_close, &first, callback))
		first = callback;
	set(callbacks, callback == first ? on_stream_close : callback);
}

/* --- one multi ------------------------------------------------------------ */

/* The local port of the attempt's connection, if the attempt has failed and the
 * connection has many streams; else 0. */
static long
broken_port(const struct attempt *a, CURLcode code)
{
	long port = 0;

	if (code != CURLE_OK && a->lane_origin->room == LANE_ORIGIN_H2)
		curl_easy_getinfo(a->easy, CURLINFO_LOCAL_PORT, &port);
	return port;
}

static bool
has_port(curl_socket_t fd, long port)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} at = {.any.sa_family = AF_UNSPEC};
	socklen_t len = sizeof(at);

	if (getsockname(fd, &at.any, &len))
		return false;
	return (at.any.sa_family == AF_INET && ntohs(at.v4.sin_port) == port) ||
	       (at.any.sa_family == AF_INET6 && ntohs(at.v6.sin6_port) == port);
}

/* Let libcurl act; what it has finished waits to be collected. */
static void
act(struct lane *lane, curl_socket_t fd, int what)
{
	int running;

	tls_context_enter(&lane->engine->tls);
	curl_multi_socket_action(lane->multi, fd, what, &running);
	tls_context_leave();
}

/* Let one stream more read from the connection with this local port, which may
 * have ended. Only the first stream that reads hears of it: after a
 * close_notify of TLS without a FIN the others would wait for ever. If this one
 * ends as well, the next one is asked to look in turn. */
static void
look_at_port(struct lane *lane, long port)
{
	size_t len;
	curl_socket_t *fds = socket_set_list(&lane->sockets, &len);

	for (size_t i = 0; i < len; i++)
		if (has_port(fds[i], port)) {
			act(lane, fds[i], CURL_CSELECT_IN);
			break;
		}
	free(fds);
}

/* Note whether the lane has connections of many streams. */
static void
note_version(struct lane *lane, CURL *easy)
{
	long version = 0;

	curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
	lane->multiplexes |=
	    version == CURL_HTTP_VERSION_2_0 || version == CURL_HTTP_VERSION_3;
}

/* End attempts that note_early() has named. libcurl 7.88 holds an upload until
 * the server opens its window further, also where the stream is closed, so that
 * it never will. */
static void
end_early(struct lane *lane)
{
	LIST_FOREACH_SAFE (l, next, &lane->early) {
		struct attempt *a = container_of(l, struct attempt, early);

		if (!attempt_is_answered(a))
			continue;
		lane_stop(a);
		attempt_finish(a, CURLE_OK);
	}
}

/* Take what libcurl has finished out of the multi; it waits to be reaped. */
static void
collect_finished(struct lane *lane)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(lane->multi, &left))) {
		struct attempt *a = NULL;
		CURLcode code = msg->data.result;
		long broken;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &a);
		broken = broken_port(a, code);
		note_version(lane, msg->easy_handle);
		/* msg is gone after this. */
		lane_stop(a);
		attempt_finish(a, code);
		if (broken)
			look_at_port(lane, broken);
	}
	end_early(lane);
}

void
lane_act(struct lane *lane, curl_socket_t fd, int what)
{
	act(lane, fd, what);
	collect_finished(lane);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct lane *lane = arg;

	(void)fd;
	(void)what;
	lane->due_at_once = false;
	lane_act(lane, CURL_SOCKET_TIMEOUT, 0);
}

/* CURLMOPT_TIMERFUNCTION. A timeout of 0 ms goes through the loop as well,
 * since calling libcurl from here would be a recursive call. */
static int
timer_wanted(CURLM *multi, long ms, void *arg)
{
	struct lane *lane = arg;
	struct timeval tv = {ms / 1000, (ms % 1000) * 1000};

	(void)multi;
	if (lane->due_at_once && ms == 0)
		return 0; /* of several requests that start, one sets it */
	lane->due_at_once = ms == 0;
	if (ms < 0)
		evtimer_del(&lane->timer);
	else
		evtimer_add(&lane->timer, &tv);
	return 0;
}

static struct lane *
lane_new(struct engine *engine)
{
	struct lane *lane = xcalloc(1, sizeof(*lane));

	lane->engine = engine;
	list_init(&lane->link);
	list_init(&lane->idle);
	list_init(&lane->early);
	strmap_init(&lane->origins);
	evtimer_assign(&lane->timer, engine->base, on_timer, lane);
	lane->multi = curl_multi_init();
	if (!lane->multi)
		die("libcurl cannot make a multi handle");
	socket_set_open(&lane->sockets, engine, lane, lane->multi);
	curl_multi_setopt(lane->multi, CURLMOPT_TIMERFUNCTION, timer_wanted);
	curl_multi_setopt(lane->multi, CURLMOPT_TIMERDATA, lane);
	curl_multi_setopt(
	    lane->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
	lane->users_room = LANE_REQUESTS;
	set_cache(lane);
	curl_multi_setopt(
	    lane->multi, CURLMOPT_MAX_CONCURRENT_STREAMS, (long)LANE_ORIGIN_H2);
	return lane;
}

static void
free_origins(struct strmap *origins)
{
	struct strmap_entry *e;

	for (size_t at = 0; (e = strmap_next(origins, &at));) {
		struct lane_origin *o = e->value;

		free(o->addresses);
	}
	strmap_release_owned(origins);
}

/* Free a lane whose attempts are all idle, and close its connections. The
 * multi goes before the timer: its cleanup still calls back. */
static void
lane_free(struct lane *lane)
{
	struct list *l;

	while ((l = list_pop_front(&lane->idle)))
		free_attempt(container_of(l, struct attempt, link));
	curl_multi_cleanup(lane->multi);
	socket_set_release(&lane->sockets);
	evtimer_del(&lane->timer);
	free_origins(&lane->origins);
	list_remove(&lane->link);
	free(lane);
}

/* How many requests to an origin a lane takes before another lane helps. */
static unsigned
origin_room(const struct engine *engine, const char *origin)
{
	if (strncmp(origin, "https:", 6) == 0 && !engine->options->to_replay &&
	    engine->options->http != HTTP_1_1 &&
	    engine->options->http != HTTP_1_0)
		return LANE_ORIGIN_H2;
	return LANE_ORIGIN_H1;
}

/* What the lane has of an origin; made if need be. */
static struct lane_origin *
lane_origin(struct lane *lane, const char *origin)
{
	struct lane_origin *o = lane->last;

	if (o && strcmp(o->name, origin) == 0)
		return o;
	o = strmap_get(&lane->origins, origin);
	if (!o) {
		o = xcalloc(1, sizeof(*o));
		o->room = origin_room(lane->engine, origin);
		o->name = strmap_set(&lane->origins, origin, o);
	}
	lane->last = o;
	return o;
}

/* Lane number `i`, for a request to `origin`. libcurl's cost per request grows
 * with every origin that a multi has ever seen (82 us at 1,000 of them, 937 us
 * at 20,000), so a lane that has seen enough is retired: it ends what it has
 * begun, and another lane takes its number. */
static struct lane *
lane_at(struct engine *engine, unsigned i, const char *origin)
{
	struct lane *lane = engine->lanes[i];

	if (lane && strmap_len(&lane->origins) >= LANE_ORIGINS &&
	    !strmap_get(&lane->origins, origin)) {
		lane->retired = true;
		curl_multi_setopt(lane->multi, CURLMOPT_MAXCONNECTS, 1L);
		list_push_back(&engine->retired, &lane->link);
		lane = NULL;
	}
	if (!lane)
		lane = engine->lanes[i] = lane_new(engine);
	return lane;
}

void
engine_drop_idle(struct engine *engine)
{
	for (unsigned i = 0; i < engine->lanes_len; i++) {
		struct lane *lane = engine->lanes[i];

		if (!lane || lane->users)
			continue;
		engine->lanes[i] = NULL;
		lane_free(lane);
	}
	lanes_sweep(engine);
}

/* For how many more sockets there is room. Half of that room is for all engines
 * to take before they look again, so an engine need not look each time. */
static size_t
look_for_room(struct engine *engine)
{
	struct engine_common *c = engine->common;
	/* All that a run opens at its beginning is open by now. */
	size_t max = common_sockets_max(c);
	struct engine_total all = common_total(c);
	size_t used = all.claimed + MARGIN * c->engines;
	size_t room = used < max ? max - used : 0;

	engine->takes_left = room / 2 / c->engines;
	return room;
}

/* Set how many idle connections the lanes keep, by how many sockets there is
 * room for. Not to be called from within libcurl. */
static void
balance_sockets(struct engine *engine)
{
	bool scarce = look_for_room(engine) == 0;
	bool changed = scarce != engine->sockets_scarce;

	engine->sockets_scarce = scarce;
	if (scarce)
		engine_drop_idle(engine);
	for (unsigned i = 0; i < engine->lanes_len && (changed || scarce); i++)
		if (engine->lanes[i])
			set_cache(engine->lanes[i]);
}

/* One more attempt for `origin` begins. NULL: there is one lane only. */
static struct spread *
enter_spread(struct engine *engine, const char *origin)
{
	struct spread *s;

	if (engine->lanes_len == 1)
		return NULL;
	s = engine->last_spread;
	if (!s || strcmp(s->origin, origin) != 0)
		s = strmap_get(&engine->spreads, origin);
	if (!s) {
		s = xcalloc(1, sizeof(*s));
		s->home = (unsigned)(hash_text(origin) % engine->lanes_len);
		s->origin = strmap_set(&engine->spreads, origin, s);
	}
	s->flying++;
	engine->last_spread = s;
	return s;
}

/* The attempt is over, so its lane has room again. */
static void
leave_spread(struct attempt *a)
{
	struct spread *s = a->spread;

	a->spread = NULL;
	if (!s)
		return;
	if (a->lane_number < s->full)
		s->full = a->lane_number;
	if (--s->flying)
		return;
	if (a->engine->last_spread == s)
		a->engine->last_spread = NULL;
	strmap_remove(&a->engine->spreads, s->origin);
	free(s);
}

/* A lane for a request to an origin. */
struct place {
	struct lane *lane;
	struct lane_origin *at; /* what the lane has of the origin */
	unsigned number;        /* the lane's, from the origin's home on */
};

/* `s` is NULL where there is one lane. */
static struct place
place_in(struct engine *engine, const char *origin, const struct spread *s,
    unsigned number)
{
	unsigned i = s ? (s->home + number) % engine->lanes_len : 0;
	struct lane *lane = lane_at(engine, i, origin);

	return (struct place){lane, lane_origin(lane, origin), number};
}

/* Choose the lane for a request to `origin`: the first one with room from its
 * home lane on, never the least loaded one, which would open connections anew
 * in every lane. */
static struct place
choose_lane(struct engine *engine, const char *origin, struct spread *s)
{
	for (; s && s->full < engine->lanes_len; s->full++) {
		struct place place = place_in(engine, origin, s, s->full);

		if (place.at->flying < place.at->room)
			return place;
	}
	return place_in(engine, origin, s, 0);
}

struct attempt *
lane_take(struct engine *engine, const char *origin)
{
	struct spread *spread = enter_spread(engine, origin);
	struct place place;
	struct list *l;
	struct attempt *a;

	if (engine->takes_left)
		engine->takes_left--;
	else
		balance_sockets(engine);
	place = choose_lane(engine, origin, spread);
	l = list_pop_front(&place.lane->idle);
	a = l ? container_of(l, struct attempt, link) : new_attempt(place.lane);
	a->spread = spread;
	a->lane_number = place.number;
	a->lane_origin = place.at;
	place.at->flying++;
	add_user(place.lane);
	sockets_await(a);
	return a;
}

bool
lane_has_addresses(const struct attempt *a, const char *addresses)
{
	const char *known = a->lane_origin->addresses;

	return known && !a->proxy && strcmp(known, addresses) == 0;
}

/* Note what libcurl was told, if it has heard it: it has where the request was
 * sent. With --fresh-connections and proxies it may forget it again. */
static void
note_told(struct attempt *a)
{
	struct lane_origin *o = a->lane_origin;

	if (a->wire_count && !a->proxy &&
	    !a->engine->options->fresh_connections) {
		free(o->addresses);
		o->addresses = a->told;
	} else {
		free(a->told);
	}
	a->told = NULL;
}

void
lane_give_back(struct attempt *a)
{
	/* The parts of a form may be open files that an event waits for. */
	if (a->set_mime)
		attempt_forget_setup(a);
	sockets_await_no_more(a);
	if (a->told)
		note_told(a);
	reset_attempt(a);
	leave_spread(a);
	a->lane_origin->flying--;
	a->lane->users--;
	if (a->lane->retired)
		free_attempt(a);
	else
		list_push_front(&a->lane->idle, &a->link);
}

bool
lane_start(struct attempt *a)
{
	if (curl_multi_add_handle(a->lane->multi, a->easy) != CURLM_OK)
		return false;
	a->flying = true;
	return true;
}

void
lane_stop(struct attempt *a)
{
	curl_multi_remove_handle(a->lane->multi, a->easy);
	list_remove(&a->early);
	a->flying = false;
}

/* Let all connections be read from. If the stream that heard that its
 * connection has ended was whole by then, nothing failed that would make the
 * others look (broken_port), and they would wait. */
static void
look_at_all(struct lane *lane)
{
	size_t len;
	curl_socket_t *fds = socket_set_list(&lane->sockets, &len);

	while (len)
		lane_act(lane, fds[--len], CURL_CSELECT_IN);
	free(fds);
}

void
lane_kick(struct lane *lane)
{
	lane_act(lane, CURL_SOCKET_TIMEOUT, 0);
	if (lane->multiplexes)
		look_at_all(lane);
}

/* --- all lanes of an engine -------------------------------------------------
 */

void
lanes_open(struct engine *engine)
{
	unsigned share = engine->common->share;
	unsigned lanes = (share + LANE_REQUESTS - 1) / LANE_REQUESTS;

	list_init(&engine->retired);
	strmap_init(&engine->spreads);
	engine->lanes_len = lanes > LANE_MAX ? LANE_MAX : lanes ? lanes : 1;
	engine->lanes = xcalloc(engine->lanes_len, sizeof(struct lane *));
}

void
lanes_close(struct engine *engine)
{
	lanes_sweep(engine);
	for (unsigned i = 0; i < engine->lanes_len; i++)
		if (engine->lanes[i])
			lane_free(engine->lanes[i]);
	free(engine->lanes);
	strmap_release_owned(&engine->spreads);
	sockets_release(engine);
}

void
lanes_give_way(struct engine *engine)
{
	if (engine->common->engines > 1)
		balance_sockets(engine);
}

void
lanes_kick(struct engine *engine)
{
	for (unsigned i = 0; i < engine->lanes_len; i++)
		if (engine->lanes[i] && engine->lanes[i]->users)
			lane_kick(engine->lanes[i]);
}

void
lanes_sweep(struct engine *engine)
{
	LIST_FOREACH_SAFE (l, next, &engine->retired) {
		struct lane *lane = container_of(l, struct lane, link);

		if (lane->users == 0)
			lane_free(lane);
	}
}
