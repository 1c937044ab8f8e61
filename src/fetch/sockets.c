/*
 * The sockets of an engine: how many there are, and those that libcurl waits
 * for on the event loop. From top to bottom: the count; the table of watched
 * sockets; what libcurl wants; opening and closing.
 */
#include "config.h"

#include "fetch/engine_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/io.h"
#include "base/xalloc.h"

/*
 * A socket that libcurl uses. What libcurl no longer waits for stays registered
 * until it is closed: the next request on the connection waits for it again, so
 * that two calls of epoll_ctl(2) per request are saved.
 */
struct watch {
	struct event event;
	struct list link;  /* among those of its lane */
	struct lane *lane; /* whose libcurl uses it */
	curl_socket_t fd;
	short wanted;     /* EV_READ, EV_WRITE, of libcurl; 0: it is idle */
	short registered; /* the same, of the loop */
	bool opened;      /* by sockets_add: sockets_close will tell its end */
};

/* --- how many ------------------------------------------------------------- */

void
sockets_await(struct attempt *a)
{
	a->connecting = true;
	use_add(&a->engine->use->connecting, 1);
}

void
sockets_await_no_more(struct attempt *a)
{
	if (a->connecting)
		use_subtract(&a->engine->use->connecting, 1);
	a->connecting = false;
}

/* --- the table of watches, by descriptor ---------------------------------- */

static struct watch *
watch_of(const struct engine *engine, curl_socket_t fd)
{
	return (size_t)fd < engine->watches_len ? engine->watches[fd] : NULL;
}

static void
grow_table(struct engine *engine, size_t least)
{
	size_t len = engine->watches_len ? engine->watches_len : 64;

	while (len < least)
		len *= 2;
	if (len == engine->watches_len)
		return;
	engine->watches =
	    xreallocarray(engine->watches, len, sizeof(*engine->watches));
	memset(engine->watches + engine->watches_len, 0,
	    (len - engine->watches_len) * sizeof(*engine->watches));
	engine->watches_len = len;
}

/* A watch on a descriptor that has none. */
static struct watch *
new_watch(struct engine *engine, curl_socket_t fd)
{
	struct watch *w = xcalloc(1, sizeof(*w));

	grow_table(engine, (size_t)fd + 1);
	w->fd = fd;
	list_init(&w->link);
	engine->watches[fd] = w;
	return w;
}

static void
unregister(struct watch *w)
{
	if (w->registered)
		event_del(&w->event);
	w->registered = 0;
}

/* Nothing of a descriptor may be left when it is closed: its number comes
 * again, for something else. */
static void
forget_watch(struct engine *engine, curl_socket_t fd)
{
	struct watch *w = watch_of(engine, fd);

	if (!w)
		return;
	unregister(w);
	list_remove(&w->link);
	free(w);
	engine->watches[fd] = NULL;
}

void
sockets_release(struct engine *engine)
{
	for (size_t fd = 0; fd < engine->watches_len; fd++)
		forget_watch(engine, (curl_socket_t)fd);
	free(engine->watches);
}

/* --- what libcurl waits for ----------------------------------------------- */

static void
on_socket(evutil_socket_t fd, short what, void *arg)
{
	struct watch *w = arg;
	int mask = 0;

	/* The server has closed an idle connection, or sends what nobody asked
	 * for; libcurl finds out when it looks at the connection again. */
	if (!w->wanted) {
		unregister(w);
		return;
	}
	if (what & EV_READ)
		mask |= CURL_CSELECT_IN;
	if (what & EV_WRITE)
		mask |= CURL_CSELECT_OUT;
	lane_act(w->lane, fd, mask);
}

static void
want(struct engine *engine, struct watch *w, short events)
{
	w->wanted = events;
	if (w->registered == events)
		return;
	unregister(w);
	event_assign(
	    &w->event, engine->base, w->fd, events | EV_PERSIST, on_socket, w);
	event_add(&w->event, NULL);
	w->registered = events;
}

/* A socket of libcurl's own making, as those of its resolver, is closed without
 * a word; and one that can be written to would wake the loop at once. */
static void
want_nothing(struct engine *engine, struct watch *w)
{
	w->wanted = 0;
	if (!w->opened)
		forget_watch(engine, w->fd);
	else if (w->registered != EV_READ)
		unregister(w);
}

/* CURLMOPT_SOCKETFUNCTION. */
static int
socket_wanted(
    CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	struct socket_set *set = arg;
	struct watch *w = watch_of(set->engine, fd);

	(void)easy;
	(void)socket_arg;
	if (what == CURL_POLL_REMOVE) {
		if (w)
			want_nothing(set->engine, w);
		return 0;
	}
	if (!w)
		w = new_watch(set->engine, fd);
	if (w->lane != set->lane) {
		w->lane = set->lane;
		list_remove(&w->link);
		list_push_back(&set->watches, &w->link);
	}
	want(set->engine, w,
	    (short)((what & CURL_POLL_IN ? EV_READ : 0) |
	            (what & CURL_POLL_OUT ? EV_WRITE : 0)));
	return 0;
}

curl_socket_t *
socket_set_list(const struct socket_set *set, size_t *len)
{
	size_t room = 1;
	curl_socket_t *fds;

	LIST_FOREACH (l, &set->watches)
		room++;
	fds = xreallocarray(NULL, room, sizeof(*fds));
	*len = 0;
	LIST_FOREACH (l, &set->watches) {
		const struct watch *w = container_of(l, struct watch, link);

		if (w->wanted)
			fds[(*len)++] = w->fd;
	}
	return fds;
}

void
socket_set_open(struct socket_set *set, struct engine *engine,
    struct lane *lane, CURLM *multi)
{
	set->engine = engine;
	set->lane = lane;
	list_init(&set->watches);
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket_wanted);
	curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, set);
}

void
socket_set_release(struct socket_set *set)
{
	LIST_FOREACH_SAFE (l, next, &set->watches)
		forget_watch(
		    set->engine, container_of(l, struct watch, link)->fd);
}

/* --- opening and closing -------------------------------------------------- */

/* Others have taken more descriptors than was thought. */
static void
lower_max(struct engine *engine)
{
	struct engine_common *c = engine->common;
	size_t sockets = common_total(c).sockets;

	engine->takes_left = 0;
	if (sockets < common_sockets_max(c))
		atomic_store(&c->sockets_max, sockets ? sockets : 1);
}

curl_socket_t
sockets_add(struct attempt *a, const struct curl_sockaddr *address)
{
	struct engine *engine = a->engine;
	curl_socket_t fd = socket(address->family,
	    address->socktype | SOCK_CLOEXEC, address->protocol);

	if (fd != CURL_SOCKET_BAD) {
		use_add(&engine->use->sockets, 1);
		sockets_await_no_more(a);
		/* There is none, unless one was closed untold. */
		forget_watch(engine, fd);
		new_watch(engine, fd)->opened = true;
		return fd;
	}
	a->os_errno = errno;
	if (io_lacks_descriptors(errno))
		lower_max(engine);
	return fd;
}

int
sockets_close(void *arg, curl_socket_t fd)
{
	struct engine *engine = arg;

	use_subtract(&engine->use->sockets, 1);
	forget_watch(engine, fd);
	return close(fd);
}
