/*
 * The least that libcurl's multi interface on libevent can do: reads URLs
 * from stdin, keeps argv[1] of them in flight, throws the bodies away, and
 * prints how many were fetched, how many failed, and their bytes. What gather
 * costs is measured against this. argv[2], if given, is the file of the
 * authorities that servers are verified against.
 */
#include "config.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <event2/event.h>

#include "base/xalloc.h"

enum {
	CONNECTIONS = 256, /* kept; libcurl's default changes all the time */
	URL_MAX = 65536
};

struct bare {
	struct event_base *base;
	struct event *timer;
	CURLM *multi;
	uint64_t fetched;
	uint64_t failed;
	uint64_t bytes;
};

static size_t
count_bytes(char *data, size_t size, size_t count, void *arg)
{
	struct bare *b = arg;

	(void)data;
	b->bytes += size * count;
	return size * count;
}

/* Give `easy` the next URL. Returns false at the end of the list. */
static bool
start_next(struct bare *b, CURL *easy)
{
	static char line[URL_MAX];

	if (!fgets(line, sizeof(line), stdin))
		return false;
	line[strcspn(line, "\n")] = '\0';
	curl_easy_setopt(easy, CURLOPT_URL, line);
	curl_multi_add_handle(b->multi, easy);
	return true;
}

static void
reap(struct bare *b)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(b->multi, &left))) {
		CURL *easy = m->easy_handle;

		b->fetched++;
		b->failed += m->data.result != CURLE_OK;
		curl_multi_remove_handle(b->multi, easy);
		if (!start_next(b, easy))
			curl_easy_cleanup(easy);
	}
}

static void
act(struct bare *b, curl_socket_t fd, int what)
{
	int running;

	curl_multi_socket_action(b->multi, fd, what, &running);
	reap(b);
}

static void
on_socket(evutil_socket_t fd, short what, void *arg)
{
	act(arg, fd,
	    (what & EV_READ ? CURL_CSELECT_IN : 0) |
	        (what & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	act(arg, CURL_SOCKET_TIMEOUT, 0);
}

/* CURLMOPT_SOCKETFUNCTION */
static int
watch(CURL *easy, curl_socket_t fd, int what, void *arg, void *old)
{
	struct bare *b = arg;
	struct event *e = old;
	int wanted = (what & CURL_POLL_IN ? EV_READ : 0) |
	             (what & CURL_POLL_OUT ? EV_WRITE : 0) | EV_PERSIST;

	(void)easy;
	if (e)
		event_free(e);
	e = what == CURL_POLL_REMOVE
	        ? NULL
	        : event_new(b->base, fd, (short)wanted, on_socket, b);
	if (e)
		event_add(e, NULL);
	curl_multi_assign(b->multi, fd, e);
	return 0;
}

/* CURLMOPT_TIMERFUNCTION */
static int
set_timer(CURLM *multi, long timeout_ms, void *arg)
{
	struct bare *b = arg;
	struct timeval tv = {
	    .tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};

	(void)multi;
	if (timeout_ms < 0)
		evtimer_del(b->timer);
	else
		evtimer_add(b->timer, &tv);
	return 0;
}

static void
bare_open(struct bare *b)
{
	struct event_config *c = event_config_new();

	event_config_set_flag(c, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
	b->base = event_base_new_with_config(c);
	event_config_free(c);
	b->timer = evtimer_new(b->base, on_timer, b);
	b->multi = curl_multi_init();
	if (!b->timer || !b->multi)
		die("cannot set up libcurl and libevent");
	curl_multi_setopt(b->multi, CURLMOPT_SOCKETFUNCTION, watch);
	curl_multi_setopt(b->multi, CURLMOPT_SOCKETDATA, b);
	curl_multi_setopt(b->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(b->multi, CURLMOPT_TIMERDATA, b);
	curl_multi_setopt(b->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS);
}

static void
bare_close(struct bare *b)
{
	curl_multi_cleanup(b->multi);
	event_free(b->timer);
	event_base_free(b->base);
}

static CURL *
make_handle(struct bare *b, const char *authorities)
{
	CURL *easy = curl_easy_init();

	if (!easy)
		die("cannot make a handle");
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, count_bytes);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, b);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	if (authorities) {
		curl_easy_setopt(easy, CURLOPT_CAINFO, authorities);
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
	return easy;
}

int
main(int argc, char **argv)
{
	long parallel = argc > 1 ? strtol(argv[1], NULL, 10) : 64;
	struct bare b = {0};

	curl_global_init(CURL_GLOBAL_DEFAULT);
	bare_open(&b);
	for (long i = 0; i < parallel; i++) {
		CURL *easy = make_handle(&b, argc > 2 ? argv[2] : NULL);

		if (!start_next(&b, easy))
			curl_easy_cleanup(easy);
	}
	event_base_dispatch(b.base);
	printf("%" PRIu64 " fetched, %" PRIu64 " failed, %" PRIu64 " bytes\n",
	    b.fetched, b.failed, b.bytes);
	bare_close(&b);
	curl_global_cleanup();
	return b.failed ? 1 : 0;
}
