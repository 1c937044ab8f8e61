/*
 * The engine, from the inside out: what is known of an attempt; the limits of
 * time that end it; its walk from engine_start, by way of a name lookup and
 * libcurl, to engine_reap; and the engine as a whole.
 *
 * An attempt is in one of three lists: engine->flying from its start on,
 * engine->done when it is over, its lane's idle ones when it has been reaped.
 */
#include "config.h"

#include "fetch/engine_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "fetch/resolve.h"

/* --- an attempt, and what is known of it ---------------------------------- */

void
attempt_finish(struct attempt *a, CURLcode code)
{
	struct engine *engine = a->engine;

	a->code = code;
	a->is_over = true;
	heap_remove(&engine->deadlines, &a->deadline);
	list_remove(&a->waiter);
	list_remove(&a->content.waiting);
	list_remove(&a->link);
	list_push_back(&engine->done, &a->link);
	engine->counts.flying--;
	if (!engine->ready_signalled) {
		engine->ready_signalled = true;
		engine->hooks.on_ready(engine->hooks.arg);
	}
}

curl_off_t
attempt_sent(const struct attempt *a)
{
	long sent = 0;

	curl_easy_getinfo(a->easy, CURLINFO_REQUEST_SIZE, &sent);
	return sent;
}

/* Has the answer ended, and has libcurl handed over all of it? */
static bool
is_stream_whole(const struct stream *s, uint64_t received)
{
	return s->ended && s->size == received;
}

bool
attempt_is_answered(const struct attempt *a)
{
	curl_off_t received = 0;

	curl_easy_getinfo(a->easy, CURLINFO_SIZE_DOWNLOAD_T, &received);
	return a->head.status >= 200 && list_empty(&a->content.waiting) &&
	       is_stream_whole(&a->stream, (uint64_t)received);
}

enum wire_state
attempt_wire(const struct attempt *a)
{
	if (!a->sending)
		return a->wire;
	if (a->stream.refused)
		return WIRE_REFUSED;
	if (attempt_sent(a) <= a->sent_before)
		return WIRE_UNSENT;
	return a->head.status < 200
	           ? WIRE_UNKNOWN
	           : wire_state_of_answer(a->head.status, NULL);
}

bool
attempt_is_empty(const struct attempt *a, int http_version)
{
	return a->received == 0 && (a->head.framed || http_version >= 20);
}

bool
attempt_may_have_body(const struct attempt *a)
{
	return a->head.status != 204 && a->head.status != 304 &&
	       strcmp(hop_method(a->spec.hop, a->spec.request), "HEAD") != 0;
}

/* --- limits of time ------------------------------------------------------- */

enum {
	LATE_US = 100 * 1000 /* an expiry that comes later waits for a turn */
};

/* Let the timer fire in `us` microseconds, or at once if that is negative. */
static void
set_timer(struct event *timer, int64_t us)
{
	struct timeval tv = {0};

	if (us > 0) {
		tv.tv_sec = us / CLOCK_SECOND;
		tv.tv_usec = us % CLOCK_SECOND;
	}
	evtimer_add(timer, &tv);
}

/* Let the timer fire at the earliest deadline of all. */
static void
arm_deadlines(struct engine *engine)
{
	struct heap_node *top = heap_top(&engine->deadlines);

	if (top)
		set_timer(&engine->deadline_timer, top->at - clock_now_us());
	else
		evtimer_del(&engine->deadline_timer);
}

/* End an attempt ourselves; its failure was set before. */
static void
abort_attempt(struct attempt *a)
{
	if (a->flying)
		lane_stop(a);
	attempt_finish(a, CURLE_ABORTED_BY_CALLBACK);
}

/* Set the failure of an attempt whose deadline has passed. What is not in
 * libcurl's hands yet waits for a name lookup, which has the limit that comes
 * first: that of a connection, or that of the attempt. */
static void
set_expired(struct attempt *a)
{
	int64_t connect_us = a->engine->options->connect_timeout_us;
	int64_t left_us = a->spec.time_left_us;

	if (!a->flying && (left_us <= 0 || left_us > connect_us))
		failure_set(&a->failure, ERROR_DNS, "timeout",
		    CURLE_COULDNT_RESOLVE_HOST,
		    "no answer from the name servers within %.3g s "
		    "(--connect-timeout)",
		    (double)connect_us / CLOCK_SECOND);
	else
		failure_set(&a->failure, ERROR_TIMEOUT, "max-time",
		    CURLE_OPERATION_TIMEDOUT,
		    "no complete answer within %.3g s (%s)",
		    (double)left_us / CLOCK_SECOND, a->spec.time_option);
}

/* End all attempts whose deadlines have passed. */
static void
end_expired(struct engine *engine, int64_t now)
{
	struct heap_node *top;

	while ((top = heap_top(&engine->deadlines)) && top->at <= now) {
		struct attempt *a = container_of(top, struct attempt, deadline);

		set_expired(a);
		abort_attempt(a);
	}
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct engine *engine = arg;
	struct heap_node *top = heap_top(&engine->deadlines);
	int64_t now = clock_now_us();

	(void)fd;
	(void)what;
	/* If this process has slept, the answer may lie in the socket's buffer
	 * already: let the loop serve the sockets once before expiring. */
	if (top && now - top->at > LATE_US && !engine->late_once) {
		engine->late_once = true;
		set_timer(&engine->deadline_timer, 0);
		return;
	}
	engine->late_once = false;
	end_expired(engine, now);
	arm_deadlines(engine);
}

/* Has the attempt been slower than -Y for the time of -y? To be asked once a
 * second. Whatever moves counts, in either direction, and decoded bytes as
 * well: a body of few bytes may take its time to decode. Waiting for the first
 * byte is as slow as any other wait. */
static bool
is_stalled(struct attempt *a, const struct fetch_options *options)
{
	uint64_t moved =
	    a->received + a->body.size + a->headers_total - a->tick_size;
	curl_off_t sent = 0;

	curl_easy_getinfo(a->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
	moved += (uint64_t)sent;
	a->tick_size += moved;
	if (options->speed_limit > 0 && moved < (uint64_t)options->speed_limit)
		a->slow_ticks++;
	else
		a->slow_ticks = 0;
	return a->slow_ticks * CLOCK_SECOND >= options->speed_time_us;
}

/* End attempts that are too slow. One that waits for its own FIFO is not: it is
 * this side that has nothing to send; nor is one that is paused. */
static void
end_stalled(struct engine *engine)
{
	const struct fetch_options *options = engine->options;

	if (options->speed_time_us <= 0)
		return;
	LIST_FOREACH_SAFE (l, next, &engine->flying) {
		struct attempt *a = container_of(l, struct attempt, link);

		if (!a->flying || a->uploads_waiting ||
		    !list_empty(&a->content.waiting) || !is_stalled(a, options))
			continue;
		failure_set(&a->failure, ERROR_TIMEOUT, "stall",
		    CURLE_OPERATION_TIMEDOUT,
		    "under %lld byte%s/s for %.3g s (-Y, -y)",
		    (long long)options->speed_limit,
		    options->speed_limit == 1 ? "" : "s",
		    (double)options->speed_time_us / CLOCK_SECOND);
		abort_attempt(a);
	}
}

/* Is the attempt answered as a whole, while nothing more of its request leaves?
 * Then it would wait until its time is up: nginx may keep its RST_STREAM until
 * it hears of the connection again, which it does not while the window is
 * full. */
static bool
has_stopped_reading(struct attempt *a)
{
	curl_off_t before = a->early_sent;

	if (!a->flying || a->uploads_waiting || !attempt_is_answered(a))
		return false;
	curl_easy_getinfo(a->easy, CURLINFO_SIZE_UPLOAD_T, &a->early_sent);
	return a->early_sent == before;
}

/* End attempts that have all they asked for. */
static void
end_answered(struct engine *engine)
{
	LIST_FOREACH_SAFE (l, next, &engine->flying) {
		struct attempt *a = container_of(l, struct attempt, link);

		if (!has_stopped_reading(a))
			continue;
		lane_stop(a);
		attempt_finish(a, CURLE_OK);
	}
}

/* Once a second. */
static void
on_watchdog(evutil_socket_t fd, short what, void *arg)
{
	struct engine *engine = arg;

	(void)fd;
	(void)what;
	lanes_give_way(engine);
	lanes_kick(engine);
	end_answered(engine);
	end_stalled(engine);
}

/* Let the attempt end when it has taken `limit_us` from its start; 0: never. */
static void
watch_deadline(struct attempt *a, int64_t limit_us)
{
	struct engine *engine = a->engine;

	heap_remove(&engine->deadlines, &a->deadline);
	if (limit_us <= 0)
		return;
	heap_push(&engine->deadlines, &a->deadline, a->start_us + limit_us);
	if (heap_top(&engine->deadlines) == &a->deadline)
		arm_deadlines(engine);
}

static void
watch_open(struct engine *engine)
{
	static const struct timeval one_second = {1, 0};

	heap_init(&engine->deadlines);
	evtimer_assign(
	    &engine->deadline_timer, engine->base, on_deadline, engine);
	event_assign(&engine->watchdog, engine->base, -1, EV_PERSIST,
	    on_watchdog, engine);
	event_add(&engine->watchdog, &one_second);
}

static void
watch_close(struct engine *engine)
{
	evtimer_del(&engine->deadline_timer);
	event_del(&engine->watchdog);
	heap_release(&engine->deadlines);
}

/* --- from its start until it is reaped ------------------------------------ */

/* A lookup is a part of connecting, and of the whole attempt. */
static int64_t
lookup_limit_us(const struct attempt *a)
{
	int64_t connect_us = a->engine->options->connect_timeout_us;
	int64_t left_us = a->spec.time_left_us;

	return left_us > 0 && left_us < connect_us ? left_us : connect_us;
}

/* Go on with the attempt, now that this is known of its address. */
static void
proceed(struct attempt *a, enum address_state state)
{
	switch (state) {
	case ADDRESS_PENDING: watch_deadline(a, lookup_limit_us(a)); return;
	case ADDRESS_FAILED:
		attempt_finish(a, a->failure.class == ERROR_POLICY
		                      ? CURLE_ABORTED_BY_CALLBACK
		                      : CURLE_COULDNT_RESOLVE_HOST);
		return;
	case ADDRESS_KNOWN: break;
	}
	a->lookup_us = clock_now_us() - a->start_us;
	if (lane_start(a))
		watch_deadline(a, a->spec.time_left_us);
	else
		attempt_finish(a, CURLE_FAILED_INIT);
}

/* The lookup that an attempt waited for is over. */
static void
on_lookup(struct list *waiter, const struct lookup *lookup)
{
	struct attempt *a = container_of(waiter, struct attempt, waiter);

	proceed(a, address_found(a, lookup));
}

struct attempt *
engine_start(struct engine *engine, const struct attempt_spec *spec)
{
	const char *origin = hop_origin(spec->hop, spec->request);
	struct attempt *a = lane_take(engine, origin);

	a->spec = *spec;
	attempt_begin_trace(a);
	a->proxy = proxy_find(&engine->common->proxies, origin, &a->proxy_kind);
	a->start_us = clock_now_us();
	a->wire_us = -1;
	a->lookup_us = -1;
	a->early_sent = -1;
	list_push_back(&engine->flying, &a->link);
	engine->counts.flying++;
	if (attempt_setup(a))
		attempt_finish(a, CURLE_FAILED_INIT);
	else
		proceed(a, address_find(a));
	return a;
}

void
engine_cancel(struct engine *engine, struct attempt *a)
{
	if (a->flying)
		lane_stop(a);
	if (!a->is_over)
		engine->counts.flying--;
	list_remove(&a->waiter);
	heap_remove(&engine->deadlines, &a->deadline);
	list_remove(&a->link);
	lane_give_back(a);
}

/* An answer that opened no connection came over one that was open. */
static void
count_connections(struct engine *engine, const struct result *r)
{
	if (r->num_connects > 0)
		engine->counts.connections_opened += (unsigned)r->num_connects;
	else if (r->status)
		engine->counts.connections_reused++;
}

bool
engine_reap(struct engine *engine, void **owner, struct result *r)
{
	struct list *l = list_pop_front(&engine->done);
	struct attempt *a;

	engine->ready_signalled = l != NULL;
	if (!l) {
		lanes_sweep(engine); /* nobody refers to one any more */
		return false;
	}
	a = container_of(l, struct attempt, link);
	*owner = a->spec.owner;
	attempt_result(a, r);
	engine->counts.wire_requests += a->wire_count;
	count_connections(engine, r);
	lane_give_back(a);
	return true;
}

/* --- the engine as a whole ------------------------------------------------ */

/* Share TLS sessions among all handles of the engine, so that they outlive
 * these, and cookies, if there is a cookie file: then this is the only engine.
 * The cookie keeper is a handle that never fetches: with cookies shared, one
 * handle that loads and saves is enough. */
static void
share_open(struct engine *engine)
{
	const struct fetch_options *o = engine->options;

	engine->share = curl_share_init();
	if (!engine->share)
		die("libcurl cannot make a share handle");
	if (!o->fresh_connections)
		curl_share_setopt(
		    engine->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	if (!fetch_options_keep_cookies(o))
		return;
	curl_share_setopt(
	    engine->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
	engine->cookie_keeper = curl_easy_init();
	if (!engine->cookie_keeper)
		die("libcurl cannot make an easy handle");
	curl_easy_setopt(engine->cookie_keeper, CURLOPT_SHARE, engine->share);
	curl_easy_setopt(engine->cookie_keeper, CURLOPT_COOKIEFILE, "");
	for (size_t i = 0; i < o->cookie_files.len; i++)
		curl_easy_setopt(engine->cookie_keeper, CURLOPT_COOKIEFILE,
		    o->cookie_files.items[i]);
	curl_easy_setopt(engine->cookie_keeper, CURLOPT_COOKIELIST, "RELOAD");
	if (o->cookie_jar_out)
		curl_easy_setopt(engine->cookie_keeper, CURLOPT_COOKIEJAR,
		    o->cookie_jar_out);
}

static void
share_close(struct engine *engine)
{
	/* Cleaning the keeper up writes the cookie jar. */
	curl_easy_cleanup(engine->cookie_keeper);
	curl_share_cleanup(engine->share);
}

struct engine *
engine_new(struct engine_common *common, struct event_base *base,
    const struct engine_hooks *hooks)
{
	struct engine *engine = xcalloc(1, sizeof(*engine));

	engine->common = common;
	engine->use = common_use(common);
	engine->base = base;
	engine->options = common->options;
	engine->hooks = *hooks;
	engine->tls.authorities = &common->authorities;
	list_init(&engine->flying);
	list_init(&engine->done);
	lanes_open(engine);
	share_open(engine);
	if (common->lookups)
		engine->resolver =
		    resolver_new(common->lookups, base, on_lookup);
	watch_open(engine);
	receive_open(engine);
	return engine;
}

/* Cancel all attempts; nobody reaps those that are over. */
static void
cancel_all(struct engine *engine)
{
	struct list *l;

	while ((l = engine->flying.next) != &engine->flying)
		engine_cancel(engine, container_of(l, struct attempt, link));
	while ((l = engine->done.next) != &engine->done)
		engine_cancel(engine, container_of(l, struct attempt, link));
}

void
engine_free(struct engine *engine)
{
	if (!engine)
		return;
	cancel_all(engine);
	resolver_free(engine->resolver);
	lanes_close(engine);
	watch_close(engine);
	receive_close(engine);
	share_close(engine);
	tls_context_release(&engine->tls);
	free(engine);
}

struct engine_counts
engine_counts(const struct engine *engine)
{
	return engine->counts;
}

/* Add what is known of the attempt's body, which may not have begun. Of one
 * that is resumed, what was there before has come, too. */
static void
add_body(struct engine_view *view, const struct attempt *a)
{
	const struct head *h = &a->head;
	uint64_t before = a->part == PART_GOES_ON ? a->spec.resume->offset : 0;

	if (h->status < 200 || !h->has_length || a->received > h->length) {
		view->left = -1;
		return;
	}
	if (view->left >= 0)
		view->left += (int64_t)(h->length - a->received);
	if (h->length)
		view->share += (double)(before + a->received) /
		               (double)(before + h->length);
}

struct engine_view
engine_look(const struct engine *engine)
{
	struct engine_view view = {0};

	LIST_FOREACH (l, &engine->flying) {
		const struct attempt *a = container_of(l, struct attempt, link);

		if (!view.oldest)
			view.oldest = a->spec.owner;
		add_body(&view, a);
	}
	return view;
}
