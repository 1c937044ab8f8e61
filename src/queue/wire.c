/*
 * From top to bottom: what is common; the sockets of libcurl while it connects;
 * how a handle is set up; a connection's start, its bytes and its end.
 *
 * Each connection has a multi handle of its own. A multi that opens a second
 * connection throws those away that have bytes to be read and no transfer, as
 * all have here.
 */
#include "config.h"

#include "queue/wire.h"

#include <curl/curl.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "fetch/resolve.h"
#include "fetch/route.h"
#include "request/guard.h"

struct wire {
	struct wire_common *common;
	struct wire_hooks hooks;
	struct list waiter; /* for the name */
	CURL *easy;
	CURLM *multi;
	struct curl_slist *resolve;
	struct list watches; /* sockets of libcurl, until it is open */
	struct event timer;  /* libcurl's, and of what is to be told */
	struct event reading, writing; /* once it is open */
	bool is_open;
	char *failure; /* to be told by the timer; owned */
	char error[CURL_ERROR_SIZE];
};

/* --- what is common ------------------------------------------------------- */

static void on_lookup(struct list *waiter, const struct lookup *);

void
wire_common_init(struct wire_common *c, struct event_base *base,
    const struct queue_address *address, const struct fetch_options *options)
{
	*c = (struct wire_common){
	    .base = base, .address = address, .options = options};
	authorities_init(&c->authorities, options);
	c->tls.authorities = &c->authorities;
	addresses_given(&c->given, &options->resolve);
	if (address->path)
		return;
	c->pool = resolve_pool_new(resolve_family(options));
	c->resolver = resolver_new(c->pool, base, on_lookup);
}

void
wire_common_release(struct wire_common *c)
{
	resolver_free(c->resolver);
	resolve_pool_free(c->pool);
	tls_context_release(&c->tls);
	authorities_free(&c->authorities);
	strmap_release(&c->given);
}

/* --- the sockets of libcurl ----------------------------------------------- */

/* A socket that libcurl waits for. */
struct watch {
	struct event event;
	struct list link;
	struct wire *wire;
};

static void act(struct wire *, curl_socket_t fd, int what);

static void
on_socket(evutil_socket_t fd, short what, void *arg)
{
	struct watch *watch = arg;

	act(watch->wire, fd,
	    (what & EV_READ ? CURL_CSELECT_IN : 0) |
	        (what & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void
free_watch(struct watch *watch)
{
	if (!watch)
		return;
	event_del(&watch->event);
	list_remove(&watch->link);
	free(watch);
}

static void
free_watches(struct wire *w)
{
	LIST_FOREACH_SAFE (at, behind, &w->watches)
		free_watch(container_of(at, struct watch, link));
}

/* CURLMOPT_SOCKETFUNCTION */
static int
watch_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket)
{
	struct wire *w = arg;
	struct watch *watch = socket;
	short wanted = (short)((what & CURL_POLL_IN ? EV_READ : 0) |
	                       (what & CURL_POLL_OUT ? EV_WRITE : 0));

	(void)easy;
	free_watch(watch);
	watch = NULL;
	if (what != CURL_POLL_REMOVE && !w->is_open) {
		watch = xcalloc(1, sizeof(*watch));
		watch->wire = w;
		list_push_back(&w->watches, &watch->link);
		event_assign(&watch->event, w->common->base, fd,
		    (short)(wanted | EV_PERSIST), on_socket, watch);
		event_add(&watch->event, NULL);
	}
	curl_multi_assign(w->multi, fd, watch);
	return 0;
}

static void
start_timer(struct wire *w, long ms)
{
	struct timeval wait = {ms / 1000, ms % 1000 * 1000};

	event_add(&w->timer, &wait);
}

/* CURLMOPT_TIMERFUNCTION */
static int
set_timer(CURLM *multi, long ms, void *arg)
{
	struct wire *w = arg;

	(void)multi;
	if (ms < 0)
		event_del(&w->timer);
	else
		start_timer(w, ms);
	return 0;
}

/* --- how a handle is set up ----------------------------------------------- */

/* Which options of the command line are about any connection, and not about
 * those to the servers of requests alone. */
static const CURLoption passed_on[] = {
    CURLOPT_INTERFACE,
    CURLOPT_IPRESOLVE,
    CURLOPT_KEYPASSWD,
    CURLOPT_SSLCERT,
    CURLOPT_SSLKEY,
    CURLOPT_SSLVERSION,
};

static void
set_options(struct wire *w)
{
	const struct fetch_options *o = w->common->options;

	for (size_t i = 0; i < sizeof(passed_on) / sizeof(*passed_on); i++) {
		const struct curl_setting *s =
		    fetch_options_find(o, passed_on[i]);

		if (s)
			curl_setting_apply(w->easy, s);
	}
	curl_easy_setopt(w->easy, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)(o->connect_timeout_us / CLOCK_MS));
}

/* libcurl is to connect and leave the rest to us, so that the scheme means
 * nothing but TLS or none. */
static void
set_url(struct wire *w)
{
	const struct queue_address *a = w->common->address;
	const char *host = a->path ? "localhost" : a->host;
	bool is_ipv6 = strchr(host, ':') != NULL;
	char *url = xasprintf("%s://%s%s%s:%u/", a->tls ? "https" : "http",
	    is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", a->port);

	curl_easy_setopt(w->easy, CURLOPT_URL, url);
	curl_easy_setopt(w->easy, CURLOPT_UNIX_SOCKET_PATH, a->path);
	free(url);
}

static void
set_up(struct wire *w)
{
	CURL *easy = w->easy;

	curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, w->error);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	set_url(w);
	set_options(w);
	if (w->common->address->tls)
		authorities_apply(&w->common->tls, easy, false);
}

static void
add_resolve(struct wire *w, const char *text)
{
	struct curl_slist *list = curl_slist_append(w->resolve, text);

	if (!list)
		die("out of memory");
	w->resolve = list;
}

/* --- the start ------------------------------------------------------------ */

static void
fail_later(struct wire *w, const char *why)
{
	free(w->failure);
	w->failure = xstrdup(why);
	start_timer(w, 0);
}

/* Is that nothing that a server could have been about to change? */
static bool
is_final(CURLcode code)
{
	static const CURLcode codes[] = {
	    CURLE_PEER_FAILED_VERIFICATION,
	    CURLE_SSL_CACERT_BADFILE,
	    CURLE_SSL_CERTPROBLEM,
	    CURLE_SSL_CIPHER,
	    CURLE_SSL_ENGINE_NOTFOUND,
	    CURLE_NOT_BUILT_IN,
	    CURLE_UNSUPPORTED_PROTOCOL,
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

static void
on_reading(evutil_socket_t fd, short what, void *arg)
{
	struct wire *w = arg;

	(void)fd;
	(void)what;
	w->hooks.on_readable(w->hooks.arg);
}

static void
on_writing(evutil_socket_t fd, short what, void *arg)
{
	struct wire *w = arg;

	(void)fd;
	(void)what;
	w->hooks.on_writable(w->hooks.arg);
}

/* libcurl has connected: from here on the socket is watched by us. */
static void
become_open(struct wire *w)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	curl_easy_getinfo(w->easy, CURLINFO_ACTIVESOCKET, &fd);
	if (fd == CURL_SOCKET_BAD) {
		w->hooks.on_failed(
		    w->hooks.arg, "the server closed the connection", false);
		return;
	}
	w->is_open = true;
	free_watches(w);
	event_del(&w->timer);
	event_assign(&w->reading, w->common->base, fd, EV_READ | EV_PERSIST,
	    on_reading, w);
	event_assign(&w->writing, w->common->base, fd, EV_WRITE, on_writing, w);
	event_add(&w->reading, NULL);
	w->hooks.on_open(w->hooks.arg);
}

static const char *
error_of(const struct wire *w, CURLcode code)
{
	return *w->error ? w->error : curl_easy_strerror(code);
}

static void
act(struct wire *w, curl_socket_t fd, int what)
{
	int running, left;
	CURLMsg *message;
	CURLcode code;

	curl_multi_socket_action(w->multi, fd, what, &running);
	message = curl_multi_info_read(w->multi, &left);
	if (!message || message->msg != CURLMSG_DONE)
		return;
	code = message->data.result;
	if (code == CURLE_OK)
		become_open(w);
	else
		w->hooks.on_failed(
		    w->hooks.arg, error_of(w, code), is_final(code));
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct wire *w = arg;

	(void)fd;
	(void)what;
	if (w->failure)
		w->hooks.on_failed(w->hooks.arg, w->failure, false);
	else if (!w->is_open)
		act(w, CURL_SOCKET_TIMEOUT, 0);
}

/* The address is known: let libcurl connect. */
static void
connect_now(struct wire *w)
{
	const struct strlist *given = &w->common->options->resolve;

	for (size_t i = 0; i < given->len; i++)
		add_resolve(w, given->items[i]);
	curl_easy_setopt(w->easy, CURLOPT_RESOLVE, w->resolve);
	if (curl_multi_add_handle(w->multi, w->easy) != CURLM_OK)
		fail_later(w, "libcurl cannot begin to connect");
}

static void
use_lookup(struct wire *w, const struct lookup *l)
{
	const struct queue_address *a = w->common->address;
	struct failure failure = {0};
	char *text;

	switch (l->state) {
	case LOOKUP_PENDING: return;
	case LOOKUP_READY:
		text = xasprintf("%s:%u:%s", a->host, a->port, l->addresses);
		add_resolve(w, text);
		free(text);
		connect_now(w);
		return;
	case LOOKUP_FAILED:
		lookup_failure(l, a->host, &failure);
		fail_later(w, failure.message);
		failure_clear(&failure);
		return;
	}
}

static void
on_lookup(struct list *waiter, const struct lookup *l)
{
	use_lookup(container_of(waiter, struct wire, waiter), l);
}

/* Is nothing to be looked up: a path, an address, localhost, or a name that
 * --resolve is about? */
static bool
needs_no_lookup(const struct wire_common *c)
{
	const struct queue_address *a = c->address;

	return a->path || strchr(a->host, ':') ||
	       guard_host_is_private(a->host) ||
	       addresses_find(&c->given, a->shown, (int)a->port);
}

struct wire *
wire_open(struct wire_common *c, const struct wire_hooks *hooks)
{
	struct wire *w = xcalloc(1, sizeof(*w));

	w->common = c;
	w->hooks = *hooks;
	list_init(&w->waiter);
	list_init(&w->watches);
	evtimer_assign(&w->timer, c->base, on_timer, w);
	w->easy = curl_easy_init();
	w->multi = curl_multi_init();
	if (!w->easy || !w->multi)
		die("libcurl cannot make a handle");
	curl_multi_setopt(w->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl_multi_setopt(w->multi, CURLMOPT_SOCKETDATA, w);
	curl_multi_setopt(w->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(w->multi, CURLMOPT_TIMERDATA, w);
	set_up(w);
	if (needs_no_lookup(c))
		connect_now(w);
	else
		use_lookup(w, resolver_ask(c->resolver, c->address->host,
		                  &w->waiter, RESOLVE_AFRESH));
	return w;
}

/* --- bytes, and the end --------------------------------------------------- */

/* A handle that stays in its multi keeps its connection. */
void
wire_close(struct wire *w)
{
	if (!w)
		return;
	list_remove(&w->waiter);
	if (w->is_open) {
		event_del(&w->reading);
		event_del(&w->writing);
	}
	w->is_open = true; /* no socket is watched from here on */
	curl_multi_remove_handle(w->multi, w->easy);
	curl_easy_cleanup(w->easy);
	curl_multi_cleanup(w->multi);
	free_watches(w);
	event_del(&w->timer);
	curl_slist_free_all(w->resolve);
	free(w->failure);
	free(w);
}

void
wire_look_again(struct wire *w)
{
	event_active(&w->reading, EV_READ, 0);
}

long
wire_send(struct wire *w, const char *data, size_t len, const char **why)
{
	size_t sent = 0;
	CURLcode code;

	*w->error = '\0';
	code = curl_easy_send(w->easy, data, len, &sent);
	if (code != CURLE_OK && code != CURLE_AGAIN) {
		*why = error_of(w, code);
		return -1;
	}
	if (sent < len)
		event_add(&w->writing, NULL);
	return (long)sent;
}

long
wire_receive(struct wire *w, char *data, size_t size, const char **why)
{
	size_t got = 0;
	CURLcode code;

	*w->error = '\0';
	code = curl_easy_recv(w->easy, data, size, &got);
	if (code == CURLE_AGAIN)
		return 0;
	if (code == CURLE_OK && got)
		return (long)got;
	*why = code == CURLE_OK ? "the server closed the connection"
	                        : error_of(w, code);
	return -1;
}
