#include "config.h"

#include "fetch/engine_private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/xalloc.h"

/* A descriptor that libcurl wants watched. */
struct lane_socket {
	struct event event;
};

/* What libcurl has finished leaves the multi and waits to be reaped. */
static void
collect(struct lane *lane)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(lane->multi, &left))) {
		struct attempt *a = NULL;
		CURLcode code = msg->data.result;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &a);
		/* msg is gone after this. */
		lane_stop(lane, a);
		attempt_finish(a, code);
	}
}

static void
act(struct lane *lane, curl_socket_t fd, int what)
{
	int running;

	curl_multi_socket_action(lane->multi, fd, what, &running);
	collect(lane);
}

static void
on_socket(evutil_socket_t fd, short what, void *arg)
{
	int mask = 0;

	if (what & EV_READ)
		mask |= CURL_CSELECT_IN;
	if (what & EV_WRITE)
		mask |= CURL_CSELECT_OUT;
	act(arg, fd, mask);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	act(arg, CURL_SOCKET_TIMEOUT, 0);
}

static void
watch(struct lane *lane, curl_socket_t fd, int what, struct lane_socket *s)
{
	short events = EV_PERSIST;

	if (what & CURL_POLL_IN)
		events |= EV_READ;
	if (what & CURL_POLL_OUT)
		events |= EV_WRITE;
	if (!s) {
		s = xcalloc(1, sizeof(*s));
		curl_multi_assign(lane->multi, fd, s);
	} else {
		event_del(&s->event);
	}
	event_assign(
	    &s->event, lane->engine->base, fd, events, on_socket, lane);
	event_add(&s->event, NULL);
}

/* CURLMOPT_SOCKETFUNCTION. REMOVE is no close: libcurl may go on using the
 * descriptor, but our pointer to it is lost. */
static int
socket_wanted(
    CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	struct lane_socket *s = socket_arg;

	(void)easy;
	if (what != CURL_POLL_REMOVE) {
		watch(arg, fd, what, s);
		return 0;
	}
	if (s) {
		event_del(&s->event);
		free(s);
		curl_multi_assign(((struct lane *)arg)->multi, fd, NULL);
	}
	return 0;
}

/* CURLMOPT_TIMERFUNCTION. Zero goes through the loop, too: calling libcurl
 * from here is a recursive call. */
static int
timer_wanted(CURLM *multi, long ms, void *arg)
{
	struct lane *lane = arg;
	struct timeval tv = {ms / 1000, (ms % 1000) * 1000};

	(void)multi;
	if (ms < 0)
		evtimer_del(&lane->timer);
	else
		evtimer_add(&lane->timer, &tv);
	return 0;
}

/* Idle connections that a lane may keep. Pinned, because libcurl's default
 * follows the handles of the moment and reconnects all the time. */
static long
connection_cache(const struct engine *engine)
{
	struct rlimit limit = {.rlim_cur = 1024};
	rlim_t share;

	getrlimit(RLIMIT_NOFILE, &limit);
	share = limit.rlim_cur / 2 / engine->lanes_len;
	return share < 256 ? 256 : share > 4096 ? 4096 : (long)share;
}

struct lane *
lane_new(struct engine *engine)
{
	struct lane *lane = xcalloc(1, sizeof(*lane));

	lane->engine = engine;
	list_init(&lane->link);
	list_init(&lane->idle);
	strmap_init(&lane->origins);
	evtimer_assign(&lane->timer, engine->base, on_timer, lane);
	lane->multi = curl_multi_init();
	if (!lane->multi)
		die("libcurl cannot make a multi handle");
	curl_multi_setopt(lane->multi, CURLMOPT_SOCKETFUNCTION, socket_wanted);
	curl_multi_setopt(lane->multi, CURLMOPT_SOCKETDATA, lane);
	curl_multi_setopt(lane->multi, CURLMOPT_TIMERFUNCTION, timer_wanted);
	curl_multi_setopt(lane->multi, CURLMOPT_TIMERDATA, lane);
	curl_multi_setopt(
	    lane->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
	curl_multi_setopt(
	    lane->multi, CURLMOPT_MAXCONNECTS, connection_cache(engine));
	curl_multi_setopt(
	    lane->multi, CURLMOPT_MAX_CONCURRENT_STREAMS, (long)LANE_ORIGIN_H2);
	return lane;
}

/* The multi goes before the timer: its cleanup still calls back. */
void
lane_free(struct lane *lane)
{
	struct strmap_entry *e;
	struct list *l;
	size_t at = 0;

	if (!lane)
		return;
	while ((l = list_pop_front(&lane->idle)))
		attempt_free(container_of(l, struct attempt, link));
	curl_multi_cleanup(lane->multi);
	evtimer_del(&lane->timer);
	while ((e = strmap_next(&lane->origins, &at)))
		free(e->value);
	strmap_release(&lane->origins);
	list_remove(&lane->link);
	free(lane);
}

static unsigned
origin_room(const struct engine *engine, const char *origin)
{
	if (strncmp(origin, "https:", 6) == 0 &&
	    engine->options->http != HTTP_1_1 &&
	    engine->options->http != HTTP_1_0)
		return LANE_ORIGIN_H2;
	return LANE_ORIGIN_H1;
}

static struct lane_origin *
lane_origin(struct lane *lane, const char *origin)
{
	struct lane_origin *o = strmap_get(&lane->origins, origin);

	if (!o) {
		o = xcalloc(1, sizeof(*o));
		o->room = origin_room(lane->engine, origin);
		strmap_set(&lane->origins, origin, o);
	}
	return o;
}

/* libcurl's cost per request grows with every origin that a multi has ever
 * seen, so one that has seen enough is replaced and runs dry. */
static struct lane *
lane_at(struct engine *engine, unsigned i, const char *origin)
{
	struct lane *lane = engine->lanes[i];

	if (lane && lane->origins.len >= LANE_ORIGINS &&
	    !strmap_get(&lane->origins, origin)) {
		lane->retired = true;
		list_push_back(&engine->retired, &lane->link);
		lane = NULL;
	}
	if (!lane)
		lane = engine->lanes[i] = lane_new(engine);
	return lane;
}

/* First fit from the origin's home lane, never the least loaded one: that
 * would open its connections anew in every lane. */
struct lane *
lane_choose(struct engine *engine, const char *origin, struct lane_origin **at)
{
	unsigned len = engine->lanes_len;
	unsigned home = len > 1 ? (unsigned)(strmap_hash(origin) % len) : 0;
	struct lane *lane;

	for (unsigned i = 0; i < len; i++) {
		lane = lane_at(engine, (home + i) % len, origin);
		*at = lane_origin(lane, origin);
		if ((*at)->flying < (*at)->room)
			return lane;
	}
	lane = lane_at(engine, home, origin);
	*at = lane_origin(lane, origin);
	return lane;
}

bool
lane_start(struct lane *lane, struct attempt *a)
{
	if (curl_multi_add_handle(lane->multi, a->easy) != CURLM_OK)
		return false;
	a->flying = true;
	return true;
}

void
lane_stop(struct lane *lane, struct attempt *a)
{
	curl_multi_remove_handle(lane->multi, a->easy);
	a->flying = false;
}

void
lane_kick(struct lane *lane)
{
	act(lane, CURL_SOCKET_TIMEOUT, 0);
}

void
lanes_sweep(struct engine *engine)
{
	struct list *next;

	for (struct list *l = engine->retired.next; l != &engine->retired;
	     l = next) {
		struct lane *lane = container_of(l, struct lane, link);

		next = l->next;
		if (lane->users == 0)
			lane_free(lane);
	}
}
