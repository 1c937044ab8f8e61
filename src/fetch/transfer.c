#include "config.h"

#include "fetch/engine_private.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"

/* --- an attempt, and what is known of it ---------------------------------- */

enum {
	HEAD_KEPT = 4096 /* bytes of memory for heads, between two transfers */
};

static struct attempt *
attempt_new(struct lane *lane)
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

void
attempt_drop_memory(struct attempt *a)
{
	a->engine->bodies_memory -= a->body.mem.len;
	buf_clear(&a->body.mem);
}

/* The largest head of all would stay with each attempt in the end. */
static void
shrink(struct buf *b)
{
	if (b->cap > HEAD_KEPT)
		buf_release(b);
	else
		buf_clear(b);
}

/* Ready for another transfer; what the handle is set up for stays. */
static void
attempt_reset(struct attempt *a)
{
	upload_close(&a->upload);
	failure_clear(&a->failure);
	attempt_drop_memory(a);
	body_release(&a->body);
	body_init(&a->body);
	shrink(&a->headers);
	shrink(&a->heads);
	shrink(&a->request_headers);
	a->has_quota_header = false;
	a->headers_total = 0;
	a->error[0] = '\0';
	a->os_errno = 0;
	a->spill_at = 0;
	a->is_over = false;
	a->wire_count = 0;
	a->sending = false;
	a->wire = WIRE_UNSENT;
	a->head = (struct head){0};
	content_reset(a);
	a->received = 0;
	a->stream = (struct stream){0};
	a->tick_size = 0;
	a->slow_ticks = 0;
	a->wire_us = -1;
	a->lookup_us = -1;
}

void
attempt_free(struct attempt *a)
{
	if (!a)
		return;
	attempt_forget_setup(a);
	curl_easy_cleanup(a->easy);
	attempt_reset(a);
	buf_release(&a->headers);
	buf_release(&a->heads);
	buf_release(&a->request_headers);
	free(a);
}

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

bool
attempt_is_answered(const struct attempt *a)
{
	curl_off_t received = 0;

	curl_easy_getinfo(a->easy, CURLINFO_SIZE_DOWNLOAD_T, &received);
	return a->head.status >= 200 && list_empty(&a->content.waiting) &&
	       stream_is_whole(&a->stream, (uint64_t)received);
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

const struct buf *
attempt_heads(const struct attempt *a)
{
	return &a->heads;
}

/* --- its limits of time --------------------------------------------------- */

enum {
	LATE_US = 100 * 1000 /* a loop turn that comes later serves first */
};

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

static void
arm_deadlines(struct engine *engine)
{
	struct heap_node *top = heap_top(&engine->deadlines);

	if (top)
		set_timer(&engine->deadline_timer, top->at - clock_now_us());
	else
		evtimer_del(&engine->deadline_timer);
}

/* A transfer that we end ourselves, with the failure set before. */
static void
give_up(struct attempt *a)
{
	if (a->flying)
		lane_stop(a->lane, a);
	attempt_finish(a, CURLE_ABORTED_BY_CALLBACK);
}

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

static void
expire(struct engine *engine, int64_t now)
{
	struct heap_node *top;

	while ((top = heap_top(&engine->deadlines)) && top->at <= now) {
		struct attempt *a = container_of(top, struct attempt, deadline);

		set_expired(a);
		give_up(a);
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
	/* The answer may lie in the socket's buffer already if it was this
	 * process that slept: read before judging. */
	if (top && now - top->at > LATE_US && !engine->late_once) {
		engine->late_once = true;
		set_timer(&engine->deadline_timer, 0);
		return;
	}
	engine->late_once = false;
	expire(engine, now);
	arm_deadlines(engine);
}

/* -Y, -y: too slow for too long, the first byte included. */
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

static void
end_stalled(struct engine *engine)
{
	const struct fetch_options *options = engine->options;

	if (options->speed_time_us <= 0)
		return;
	LIST_FOREACH_SAFE (l, next, &engine->flying) {
		struct attempt *a = container_of(l, struct attempt, link);

		if (!a->flying || a->uploads_waiting || !is_stalled(a, options))
			continue;
		failure_set(&a->failure, ERROR_TIMEOUT, "stall",
		    CURLE_OPERATION_TIMEDOUT,
		    "under %lld byte%s/s for %.3g s (-Y, -y)",
		    (long long)options->speed_limit,
		    options->speed_limit == 1 ? "" : "s",
		    (double)options->speed_time_us / CLOCK_SECOND);
		give_up(a);
	}
}

/* It is answered, and nothing more of it leaves, though nobody waits but for
 * the server: nginx may keep its RST_STREAM until it hears of the connection
 * again, which it does not while the window is full. */
static bool
has_stopped_reading(struct attempt *a)
{
	curl_off_t before = a->early_sent;

	if (!a->flying || a->uploads_waiting || !attempt_is_answered(a))
		return false;
	curl_easy_getinfo(a->easy, CURLINFO_SIZE_UPLOAD_T, &a->early_sent);
	return a->early_sent == before;
}

static void
end_answered(struct engine *engine)
{
	LIST_FOREACH_SAFE (l, next, &engine->flying) {
		struct attempt *a = container_of(l, struct attempt, link);

		if (!has_stopped_reading(a))
			continue;
		lane_stop(a->lane, a);
		attempt_finish(a, CURLE_OK);
	}
}

static void
on_watchdog(evutil_socket_t fd, short what, void *arg)
{
	struct engine *engine = arg;

	(void)fd;
	(void)what;
	for (unsigned i = 0; i < engine->lanes_len; i++)
		if (engine->lanes[i] && engine->lanes[i]->users)
			lane_kick(engine->lanes[i]);
	end_answered(engine);
	end_stalled(engine);
}

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

void
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

void
watch_close(struct engine *engine)
{
	evtimer_del(&engine->deadline_timer);
	event_del(&engine->watchdog);
	heap_release(&engine->deadlines);
}

/* --- from its start until it is reaped ------------------------------------ */

/* From here until it is given back the lane is in use. */
static struct attempt *
take_attempt(struct engine *engine, const char *origin)
{
	struct lane_origin *at;
	struct lane *lane;
	struct list *l;
	struct attempt *a;

	sockets_balance(engine);
	lane = lane_choose(engine, origin, &at);
	l = list_pop_front(&lane->idle);
	a = l ? container_of(l, struct attempt, link) : attempt_new(lane);
	a->lane_origin = at;
	at->flying++;
	lane->users++;
	sockets_await(a);
	return a;
}

static void
give_back(struct attempt *a)
{
	/* Its parts may be open files, and waited for. */
	if (a->set_mime)
		attempt_forget_setup(a);
	sockets_await_no_more(a);
	attempt_reset(a);
	a->lane_origin->flying--;
	a->lane->users--;
	if (a->lane->retired)
		attempt_free(a);
	else
		list_push_front(&a->lane->idle, &a->link);
}

static int64_t
lookup_limit_us(const struct attempt *a)
{
	int64_t connect_us = a->engine->options->connect_timeout_us;
	int64_t left_us = a->spec.time_left_us;

	return left_us > 0 && left_us < connect_us ? left_us : connect_us;
}

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
	if (lane_start(a->lane, a))
		watch_deadline(a, a->spec.time_left_us);
	else
		attempt_finish(a, CURLE_FAILED_INIT);
}

void
attempt_on_lookup(struct list *waiter, const struct lookup *lookup)
{
	struct attempt *a = container_of(waiter, struct attempt, waiter);

	proceed(a, address_found(a, lookup));
}

struct attempt *
engine_start(struct engine *engine, const struct attempt_spec *spec)
{
	const char *origin = hop_origin(spec->hop, spec->request);
	struct attempt *a = take_attempt(engine, origin);

	a->spec = *spec;
	a->proxy = proxy_find(&engine->proxies, origin, &a->proxy_kind);
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
		lane_stop(a->lane, a);
	if (!a->is_over)
		engine->counts.flying--;
	list_remove(&a->waiter);
	heap_remove(&engine->deadlines, &a->deadline);
	list_remove(&a->link);
	give_back(a);
}

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
	give_back(a);
	return true;
}
