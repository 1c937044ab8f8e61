#include "config.h"

#include "fetch/engine_private.h"

#include "base/clock.h"

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
watch_flights(struct engine *engine)
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
	watch_flights(engine);
}

void
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
