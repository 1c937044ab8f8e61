/*
 * From top to bottom: what is common; the sockets of libcurl while it connects;
 * how a handle is set up; a connection's start, its bytes and its end.
 *
 * Each connection has a multi handle of its own. A multi that opens a second
 * connection throws those away that have bytes to be read and no transfer, as
 * all have here.
 */
#include "config.h"

#include "queue/transport.h"

#include <curl/curl.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/xalloc.h"
#include "fetch/resolve.h"
#include "fetch/route.h"
#include "request/guard.h"

struct transport {
	struct transport_common *common;
	struct transport_hooks hooks;
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
transport_common_init(struct transport_common *c, struct event_base *base,
    const struct queue_address *address, const struct fetch_options *options)
{
	*c = (struct transport_common){
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
transport_common_release(struct transport_common *c)
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
	struct transport *transport;
};

static void act(struct transport *, curl_socket_t fd, int what);

static void
on_socket(evutil_socket_t fd, short what, void *arg)
{
	struct watch *watch = arg;

	act(watch->transport, fd,
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
free_watches(struct transport *t)
{
	LIST_FOREACH_SAFE (at, behind, &t->watches)
		free_watch(container_of(at, struct watch, link));
}

/* CURLMOPT_SOCKETFUNCTION */
static int
watch_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket)
{
	struct transport *t = arg;
	struct watch *watch = socket;
	short wanted = (short)((what & CURL_POLL_IN ? EV_READ : 0) |
	                       (what & CURL_POLL_OUT ? EV_WRITE : 0));

	(void)easy;
	free_watch(watch);
	watch = NULL;
	if (what != CURL_POLL_REMOVE && !t->is_open) {
		watch = xcalloc(1, sizeof(*watch));
		watch->transport = t;
		list_push_back(&t->watches, &watch->link);
		event_assign(&watch->event, t->common->base, fd,
		    (short)(wanted | EV_PERSIST), on_socket, watch);
		event_add(&watch->event, NULL);
	}
	curl_multi_assign(t->multi, fd, watch);
	return 0;
}

static void
start_timer(struct transport *t, long ms)
{
	struct timeval wait = {ms / 1000, ms % 1000 * 1000};

	event_add(&t->timer, &wait);
}

/* CURLMOPT_TIMERFUNCTION */
static int
set_timer(CURLM *multi, long ms, void *arg)
{
	struct transport *t = arg;

	(void)multi;
	if (ms < 0)
		event_del(&t->timer);
	else
		start_timer(t, ms);
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
set_options(struct transport *t)
{
	const struct fetch_options *o = t->common->options;

	for (size_t i = 0; i < sizeof(passed_on) / sizeof(*passed_on); i++) {
		const struct curl_setting *s =
		    fetch_options_find(o, passed_on[i]);

		if (s)
			curl_setting_apply(t->easy, s);
	}
	curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)(o->connect_timeout_us / CLOCK_MS));
}

/* libcurl is to connect and leave the rest to us, so that the scheme means
 * nothing but TLS or none. */
static void
set_url(struct transport *t)
{
	const struct queue_address *a = t->common->address;
	const char *host = a->path ? "localhost" : a->host;
	bool is_ipv6 = strchr(host, ':') != NULL;
	char *url = xasprintf("%s://%s%s%s:%u/", a->tls ? "https" : "http",
	    is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", a->port);

	curl_easy_setopt(t->easy, CURLOPT_URL, url);
	curl_easy_setopt(t->easy, CURLOPT_UNIX_SOCKET_PATH, a->path);
	free(url);
}

static void
set_up(struct transport *t)
{
	CURL *easy = t->easy;

	curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->error);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	set_url(t);
	set_options(t);
	if (t->common->address->tls)
		authorities_apply(&t->common->tls, easy, false);
}

static void
add_resolve(struct transport *t, const char *text)
{
	struct curl_slist *list = curl_slist_append(t->resolve, text);

	if (!list)
		die("out of memory");
	t->resolve = list;
}

/* --- the start ------------------------------------------------------------ */

static void
fail_later(struct transport *t, const char *why)
{
	free(t->failure);
	t->failure = xstrdup(why);
	start_timer(t, 0);
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
	struct transport *t = arg;

	(void)fd;
	(void)what;
	t->hooks.on_readable(t->hooks.arg);
}

static void
on_writing(evutil_socket_t fd, short what, void *arg)
{
	struct transport *t = arg;

	(void)fd;
	(void)what;
	t->hooks.on_writable(t->hooks.arg);
}

/* libcurl has connected: from here on the socket is watched by us. */
static void
become_open(struct transport *t)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	curl_easy_getinfo(t->easy, CURLINFO_ACTIVESOCKET, &fd);
	if (fd == CURL_SOCKET_BAD) {
		t->hooks.on_failed(
		    t->hooks.arg, "the server closed the connection", false);
		return;
	}
	t->is_open = true;
	free_watches(t);
	event_del(&t->timer);
	event_assign(&t->reading, t->common->base, fd, EV_READ | EV_PERSIST,
	    on_reading, t);
	event_assign(&t->writing, t->common->base, fd, EV_WRITE, on_writing, t);
	event_add(&t->reading, NULL);
	t->hooks.on_open(t->hooks.arg);
}

/* What the system says of a connection that was not made is shorter than what
 * libcurl makes of it. */
static const char *
error_of(const struct transport *t, CURLcode code)
{
	long os_errno = 0;

	if (code == CURLE_COULDNT_CONNECT)
		curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &os_errno);
	if (os_errno)
		return io_error((int)os_errno);
	return *t->error ? t->error : curl_easy_strerror(code);
}

static void
act(struct transport *t, curl_socket_t fd, int what)
{
	int running, left;
	CURLMsg *message;
	CURLcode code;

	curl_multi_socket_action(t->multi, fd, what, &running);
	message = curl_multi_info_read(t->multi, &left);
	if (!message || message->msg != CURLMSG_DONE)
		return;
	code = message->data.result;
	if (code == CURLE_OK)
		become_open(t);
	else
		t->hooks.on_failed(
		    t->hooks.arg, error_of(t, code), is_final(code));
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct transport *t = arg;

	(void)fd;
	(void)what;
	if (t->failure)
		t->hooks.on_failed(t->hooks.arg, t->failure, false);
	else if (!t->is_open)
		act(t, CURL_SOCKET_TIMEOUT, 0);
}

/* The address is known: let libcurl connect. */
static void
connect_now(struct transport *t)
{
	const struct strlist *given = &t->common->options->resolve;

	for (size_t i = 0; i < given->len; i++)
		add_resolve(t, given->items[i]);
	curl_easy_setopt(t->easy, CURLOPT_RESOLVE, t->resolve);
	if (curl_multi_add_handle(t->multi, t->easy) != CURLM_OK)
		fail_later(t, "libcurl cannot begin to connect");
}

static void
use_lookup(struct transport *t, const struct lookup *l)
{
	const struct queue_address *a = t->common->address;
	struct failure failure = {0};
	char *text;

	switch (l->state) {
	case LOOKUP_PENDING: return;
	case LOOKUP_READY:
		text = xasprintf("%s:%u:%s", a->host, a->port, l->addresses);
		add_resolve(t, text);
		free(text);
		connect_now(t);
		return;
	case LOOKUP_FAILED:
		lookup_failure(l, a->host, &failure);
		fail_later(t, failure.message);
		failure_clear(&failure);
		return;
	}
}

static void
on_lookup(struct list *waiter, const struct lookup *l)
{
	use_lookup(container_of(waiter, struct transport, waiter), l);
}

/* Is nothing to be looked up: a path, an address, localhost, or a name that
 * --resolve is about? */
static bool
needs_no_lookup(const struct transport_common *c)
{
	const struct queue_address *a = c->address;

	return a->path || strchr(a->host, ':') ||
	       guard_host_is_private(a->host) ||
	       addresses_find(&c->given, a->shown, (int)a->port);
}

struct transport *
transport_open(struct transport_common *c, const struct transport_hooks *hooks)
{
	struct transport *t = xcalloc(1, sizeof(*t));

	t->common = c;
	t->hooks = *hooks;
	list_init(&t->waiter);
	list_init(&t->watches);
	evtimer_assign(&t->timer, c->base, on_timer, t);
	t->easy = curl_easy_init();
	t->multi = curl_multi_init();
	if (!t->easy || !t->multi)
		die("libcurl cannot make a handle");
	curl_multi_setopt(t->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl_multi_setopt(t->multi, CURLMOPT_SOCKETDATA, t);
	curl_multi_setopt(t->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(t->multi, CURLMOPT_TIMERDATA, t);
	set_up(t);
	if (needs_no_lookup(c))
		connect_now(t);
	else
		use_lookup(t, resolver_ask(c->resolver, c->address->host,
		                  &t->waiter, RESOLVE_AFRESH));
	return t;
}

/* --- bytes, and the end --------------------------------------------------- */

/* A handle that stays in its multi keeps its connection. */
void
transport_close(struct transport *t)
{
	if (!t)
		return;
	list_remove(&t->waiter);
	if (t->is_open) {
		event_del(&t->reading);
		event_del(&t->writing);
	}
	t->is_open = true; /* no socket is watched from here on */
	curl_multi_remove_handle(t->multi, t->easy);
	curl_easy_cleanup(t->easy);
	curl_multi_cleanup(t->multi);
	free_watches(t);
	event_del(&t->timer);
	curl_slist_free_all(t->resolve);
	free(t->failure);
	free(t);
}

void
transport_look_again(struct transport *t)
{
	event_active(&t->reading, EV_READ, 0);
}

long
transport_send(
    struct transport *t, const char *data, size_t len, const char **why)
{
	size_t sent = 0;
	CURLcode code;

	*t->error = '\0';
	code = curl_easy_send(t->easy, data, len, &sent);
	if (code != CURLE_OK && code != CURLE_AGAIN) {
		*why = error_of(t, code);
		return -1;
	}
	if (sent < len)
		event_add(&t->writing, NULL);
	return (long)sent;
}

long
transport_receive(
    struct transport *t, char *data, size_t size, const char **why)
{
	size_t got = 0;
	CURLcode code;

	*t->error = '\0';
	code = curl_easy_recv(t->easy, data, size, &got);
	if (code == CURLE_AGAIN)
		return 0;
	if (code == CURLE_OK && got)
		return (long)got;
	*why = code == CURLE_OK ? "the server closed the connection"
	                        : error_of(t, code);
	return -1;
}
