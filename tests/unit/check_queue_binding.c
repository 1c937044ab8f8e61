/*
 * What binds workers together, over a real server: several of them on one loop,
 * each with a client and a scheduler of its own.
 */
#include "config.h"

#include "queue/binding.h"

#include <check.h>
#include <curl/curl.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/list.h"
#include "fetch/options.h"
#include "redis_fixture.h"
#include "unit.h"

#define A "http://a:80"

enum {
	WORKERS = 4,
	ITEMS = 12,
	STARTS = 4000
};

struct worker {
	struct queue_client *client;
	struct queue_binding *binding;
	struct sched *sched;
	struct sched_item items[ITEMS];
	struct event pump;
	bool subscribed;
};

static struct event_base *base;
static struct fetch_options how;
static struct queue_address address;
static struct redis_fixture redis;
static struct worker workers[WORKERS];
static struct sched_options options;
static int64_t wired[STARTS];
static size_t wired_len;
static bool refusing; /* the next answer is a 429 */
static int64_t held_us;

/* --- a worker ------------------------------------------------------------- */

static void
on_connected(void *arg, const struct queue_server *server)
{
	queue_binding_connected(((struct worker *)arg)->binding, server);
}

static void
on_away(void *arg)
{
	queue_binding_away(((struct worker *)arg)->binding);
}

static void
on_subscribed(void *arg)
{
	struct worker *w = arg;

	w->subscribed = true;
	queue_binding_subscribed(w->binding);
}

static void
on_message(void *arg, const char *channel, const char *text, size_t len)
{
	queue_binding_message(
	    ((struct worker *)arg)->binding, channel, text, len);
}

static void
wake(void *arg)
{
	struct worker *w = arg;

	event_active(&w->pump, EV_TIMEOUT, 1);
}

static void
answer(struct worker *w, struct sched_item *item, int64_t now)
{
	const struct quota quota = {.retry_after_us = CLOCK_SECOND,
	    .remaining = -1,
	    .limit = -1,
	    .source = "Retry-After"};
	struct sched_report report = {
	    .outcome = SCHED_ANSWERED, .status = 200, .latency_us = -1};

	if (refusing) {
		refusing = false;
		held_us = now;
		report.outcome = SCHED_THROTTLED;
		report.status = 429;
		report.quota = &quota;
	}
	sched_release(w->sched, item, &report, now);
	sched_add(w->sched, item, A, SCHED_AGAIN, now, now);
}

/* Each request is answered at once. */
static void
on_pump(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;
	int64_t now = clock_now_us(), at;
	struct sched_item *item;
	struct timeval wait = {0, 0};

	(void)fd;
	(void)what;
	for (int i = 0; i < 50 && (item = sched_next(w->sched, now)); i++) {
		if (sched_on_wire(w->sched, item, clock_now_us()) &&
		    wired_len < STARTS)
			wired[wired_len++] = clock_now_us();
		now = clock_now_us();
		answer(w, item, now);
	}
	at = sched_wake(w->sched, now);
	if (at < 0)
		return;
	if (at > now) {
		wait.tv_sec = (time_t)((at - now) / CLOCK_SECOND);
		wait.tv_usec = (suseconds_t)((at - now) % CLOCK_SECOND);
	}
	event_add(&w->pump, &wait);
}

static void
open_worker(unsigned number)
{
	struct worker *w = &workers[number];
	const char name[] = {(char)('a' + number), '\0'};
	const struct queue_client_options client = {
	    .address = &address,
	    .fetch = &how,
	    .timeout_us = 60 * CLOCK_SECOND,
	    .hooks = {.on_connected = on_connected,
	        .on_away = on_away,
	        .on_subscribed = on_subscribed,
	        .on_message = on_message,
	        .arg = w},
	};
	struct queue_binding_setup binding = {.base = base,
	    .address = &address,
	    .worker = name,
	    .wake = wake,
	    .arg = w};
	struct sched_options with = options;
	char *cause = NULL;

	binding.client = w->client = queue_client_new(base, &client, &cause);
	ck_assert_msg(w->client != NULL, "%s", cause);
	w->binding = queue_binding_new(&binding);
	queue_binding_set(w->binding, &with);
	queue_binding_set_workers(w->binding, WORKERS);
	w->sched = sched_new(&with);
	w->subscribed = false;
	evtimer_assign(&w->pump, base, on_pump, w);
	for (int i = 0; i < ITEMS; i++) {
		sched_item_init(&w->items[i]);
		sched_add(
		    w->sched, &w->items[i], A, SCHED_FRESH, 0, clock_now_us());
	}
	wake(w);
}

static void
close_worker(unsigned number)
{
	struct worker *w = &workers[number];

	if (!w->client)
		return;
	event_del(&w->pump);
	sched_free(w->sched);
	queue_binding_free(w->binding);
	queue_client_free(w->client);
	w->client = NULL;
}

/* --- all of them ---------------------------------------------------------- */

/* The queue of which the scripts ask that it is there. */
static void
make_queue(void)
{
	redis_fixture_ask(&redis, "HSET gather:{jobs}:meta id x");
}

static void
setup(void)
{
	char url[100];
	char *cause = NULL;

	curl_global_init(CURL_GLOBAL_DEFAULT);
	fetch_options_init(&how);
	base = event_base_new();
	address = (struct queue_address){0};
	wired_len = 0;
	options = (struct sched_options){.parallel = 8,
	    .polite = true,
	    .max_hold_us = 60 * CLOCK_SECOND,
	    .backoff_max_us = 60 * CLOCK_SECOND,
	    .retry_budget = {0.2, 10}};
	redis_fixture_open(&redis, NULL);
	snprintf(url, sizeof(url), "redis+unix://%s?name=jobs", redis.path);
	ck_assert_msg(!queue_address_read(&address, url, &cause), "%s", cause);
	make_queue();
}

static void
teardown(void)
{
	for (unsigned i = 0; i < WORKERS; i++)
		close_worker(i);
	event_base_free(base);
	queue_address_release(&address);
	fetch_options_release(&how);
	redis_fixture_close(&redis);
}

static void
run_for(int64_t us)
{
	int64_t end = clock_now_us() + us;

	while (clock_now_us() < end) {
		struct timeval moment = {0, 20000};

		event_base_loopexit(base, &moment);
		event_base_loop(base, 0);
	}
}

static void
check_windows(const struct rate_limit *limit)
{
	for (size_t i = limit->count; i < wired_len; i++)
		ck_assert_int_ge(
		    wired[i] - wired[i - limit->count], limit->period_us);
}

/* Some wait until the first are known to be forgotten, as after a restart. */
START_TEST(workers_share_a_rate)
{
	const struct rate_limit limit = {20, CLOCK_SECOND / 2, false};
	size_t quiet;

	*(_i ? &options.host_rate : &options.rate) = limit;
	for (unsigned i = 0; i < WORKERS; i++)
		open_worker(i);
	run_for(CLOCK_SECOND * 3 / 2);
	quiet = wired_len;
	run_for(2 * CLOCK_SECOND);
	check_windows(&limit);
	/* 80 at most; a slow machine is given half. */
	ck_assert_uint_ge(wired_len - quiet, 40);
}
END_TEST

START_TEST(a_server_that_comes_back_grants_nothing_too_early)
{
	const struct rate_limit limit = {20, CLOCK_SECOND / 2, false};
	size_t before;

	options.rate = limit;
	for (unsigned i = 0; i < WORKERS; i++)
		open_worker(i);
	run_for(2 * CLOCK_SECOND);
	before = wired_len;
	ck_assert_uint_gt(before, 0);
	redis_fixture_kill(&redis);
	redis_fixture_start(&redis, NULL);
	make_queue();
	run_for(3 * CLOCK_SECOND);
	check_windows(&limit);
	ck_assert_uint_gt(wired_len, before);
}
END_TEST

static void
look_held(void *arg, const struct sched_origin_view *view)
{
	int64_t *until = arg;

	if (strcmp(view->name, A) == 0)
		*until = view->held_us;
}

static int64_t
held_until(unsigned worker)
{
	int64_t until = INT64_MIN;

	sched_each_origin(workers[worker].sched, look_held, &until);
	return until;
}

static bool
are_subscribed(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (!workers[i].subscribed)
			return false;
	return true;
}

START_TEST(a_refusal_of_one_holds_all)
{
	int64_t end = clock_now_us() + UNIT_HUNG_MS * CLOCK_MS;

	for (unsigned i = 0; i < 3; i++)
		open_worker(i);
	while (!are_subscribed(3) && clock_now_us() < end)
		run_for(20 * CLOCK_MS);
	refusing = true;
	while (refusing && clock_now_us() < end)
		event_base_loop(base, EVLOOP_ONCE);
	while ((held_until(0) < held_us || held_until(1) < held_us ||
	           held_until(2) < held_us) &&
	       clock_now_us() < end)
		event_base_loop(base, EVLOOP_ONCE);

	for (unsigned i = 0; i < 3; i++) {
		ck_assert_int_ge(held_until(i), held_us + CLOCK_SECOND);
		ck_assert_int_le(held_until(i), held_us + 2 * CLOCK_SECOND);
	}
	/* One who comes later reads it. */
	open_worker(3);
	while (
	    held_until(3) < held_us && clock_now_us() < held_us + CLOCK_SECOND)
		event_base_loop(base, EVLOOP_ONCE);
	ck_assert_int_ge(held_until(3), held_us + CLOCK_SECOND);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("queue_binding");
	TCase *tc = tcase_create("real server");

#ifndef HAVE_HIREDIS
	printf("skipped: queue_binding: needs hiredis\n");
	return 77;
#endif
	if (!redis_fixture_is_installed()) {
		printf("skipped: queue_binding: needs redis-server\n");
		return 77;
	}
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, workers_share_a_rate, 0, 2);
	tcase_add_test(tc, a_server_that_comes_back_grants_nothing_too_early);
	tcase_add_test(tc, a_refusal_of_one_holds_all);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
