#include "config.h"

#include "fetch/engine_private.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/xalloc.h"
#include "process/environment.h"

/* --- sockets: how many, and how many idle connections are kept ------------ */

enum {
	CACHE_MIN = 256, /* idle connections of a lane */
	CACHE_MAX = 4096,
	MARGIN = 4 /* a connection may try several addresses at once */
};

/* Pinned, because libcurl's default follows the handles of the moment and
 * reconnects all the time. */
static long
cache_size(const struct engine *engine)
{
	size_t share = engine->sockets_max / 2 / engine->lanes_len;

	if (engine->sockets_scarce)
		return 1;
	return share < CACHE_MIN   ? CACHE_MIN
	       : share > CACHE_MAX ? CACHE_MAX
	                           : (long)share;
}

void
sockets_await(struct attempt *a)
{
	a->connecting = true;
	a->engine->connecting++;
}

void
sockets_await_no_more(struct attempt *a)
{
	a->engine->connecting -= a->connecting;
	a->connecting = false;
}

curl_socket_t
sockets_add(struct attempt *a, const struct curl_sockaddr *address)
{
	struct engine *engine = a->engine;
	curl_socket_t fd = socket(address->family,
	    address->socktype | SOCK_CLOEXEC, address->protocol);

	if (fd != CURL_SOCKET_BAD) {
		engine->sockets++;
		sockets_await_no_more(a);
		return fd;
	}
	a->os_errno = errno;
	/* Others have taken more than was thought. */
	if (io_lacks_descriptors(errno) &&
	    engine->sockets < engine->sockets_max)
		engine->sockets_max = engine->sockets ? engine->sockets : 1;
	return fd;
}

int
sockets_close(void *arg, curl_socket_t fd)
{
	struct engine *engine = arg;

	engine->sockets -= engine->sockets > 0;
	return close(fd);
}

/* Where room is scarce, whoever needs a new connection in a lane takes the
 * place of the one that has been idle for longest. */
static void
sockets_set_up(struct lane *lane)
{
	bool scarce = lane->engine->sockets_scarce;

	curl_multi_setopt(
	    lane->multi, CURLMOPT_MAXCONNECTS, cache_size(lane->engine));
	curl_multi_setopt(lane->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
	    scarce ? (long)lane->users + 1 : 0L);
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

void
sockets_balance(struct engine *engine)
{
	bool scarce, changed;

	/* All that a run opens at its beginning is open by now. */
	if (!engine->sockets_max)
		engine->sockets_max = environment_max_sockets();
	scarce = engine->sockets + engine->connecting + MARGIN >=
	         engine->sockets_max;
	changed = scarce != engine->sockets_scarce;
	engine->sockets_scarce = scarce;
	if (scarce)
		engine_drop_idle(engine);
	for (unsigned i = 0; i < engine->lanes_len && (changed || scarce); i++)
		if (engine->lanes[i])
			sockets_set_up(engine->lanes[i]);
}

/* --- one multi ------------------------------------------------------------ */

/* A descriptor that libcurl wants watched. */
struct lane_socket {
	struct list link; /* among those of its lane */
	curl_socket_t fd;
	struct event event;
};

/* The local port of a connection of many streams that broke; 0: none. */
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

/* Only the first stream that reads of it hears that a connection has ended:
 * after a close_notify of TLS without a FIN the others would wait for ever.
 * Let one of them look; if that ends it, too, so will the next. */
static void
look_at_port(struct lane *lane, long port)
{
	int running;

	for (struct list *l = lane->sockets.next; l != &lane->sockets;
	     l = l->next) {
		struct lane_socket *s =
		    container_of(l, struct lane_socket, link);

		if (!has_port(s->fd, port))
			continue;
		curl_multi_socket_action(
		    lane->multi, s->fd, CURL_CSELECT_IN, &running);
		return; /* *s may be gone */
	}
}

static void
note_version(struct lane *lane, CURL *easy)
{
	long version = 0;

	curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
	lane->multiplexes |= version == CURL_HTTP_VERSION_2_0;
}

/* libcurl 7.88 holds an upload until the server opens its window further,
 * also where the stream is closed, so that nothing will. */
static void
end_early(struct lane *lane)
{
	LIST_FOREACH_SAFE (l, next, &lane->early) {
		struct attempt *a = container_of(l, struct attempt, early);

		if (!attempt_is_answered(a))
			continue;
		lane_stop(lane, a);
		attempt_finish(a, CURLE_OK);
	}
}

/* What libcurl has finished leaves the multi and waits to be reaped. */
static void
collect(struct lane *lane)
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
		lane_stop(lane, a);
		attempt_finish(a, code);
		if (broken)
			look_at_port(lane, broken);
	}
	end_early(lane);
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
		s->fd = fd;
		list_push_back(&lane->sockets, &s->link);
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
		list_remove(&s->link);
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

static struct lane *
lane_new(struct engine *engine)
{
	struct lane *lane = xcalloc(1, sizeof(*lane));

	lane->engine = engine;
	list_init(&lane->link);
	list_init(&lane->idle);
	list_init(&lane->early);
	list_init(&lane->sockets);
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
	sockets_set_up(lane);
	curl_multi_setopt(
	    lane->multi, CURLMOPT_MAX_CONCURRENT_STREAMS, (long)LANE_ORIGIN_H2);
	return lane;
}

/* The multi goes before the timer: its cleanup still calls back. */
void
lane_free(struct lane *lane)
{
	struct list *l;

	if (!lane)
		return;
	while ((l = list_pop_front(&lane->idle)))
		attempt_free(container_of(l, struct attempt, link));
	curl_multi_cleanup(lane->multi);
	evtimer_del(&lane->timer);
	strmap_release_owned(&lane->origins);
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

/* First fit from the origin's home lane, never the least loaded one: that
 * would open its connections anew in every lane. */
struct lane *
lane_choose(struct engine *engine, const char *origin, struct lane_origin **at)
{
	unsigned len = engine->lanes_len;
	unsigned home = len > 1 ? (unsigned)(hash_text(origin) % len) : 0;
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
	list_remove(&a->early);
	a->flying = false;
}

void
lane_note_early(struct attempt *a)
{
	list_remove(&a->early);
	list_push_back(&a->lane->early, &a->early);
}

/* The stream that heard that its connection ended may have been whole by
 * then: nobody failed, and the others wait. */
static void
look_at_all(struct lane *lane)
{
	size_t len = 0;
	curl_socket_t *fds;

	for (struct list *l = lane->sockets.next; l != &lane->sockets;
	     l = l->next)
		len++;
	fds = xreallocarray(NULL, len + 1, sizeof(*fds));
	len = 0;
	for (struct list *l = lane->sockets.next; l != &lane->sockets;
	     l = l->next)
		fds[len++] = container_of(l, struct lane_socket, link)->fd;
	while (len)
		act(lane, fds[--len], CURL_CSELECT_IN);
	free(fds);
}

void
lane_kick(struct lane *lane)
{
	act(lane, CURL_SOCKET_TIMEOUT, 0);
	if (lane->multiplexes)
		look_at_all(lane);
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
