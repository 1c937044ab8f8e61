/*
 * Several engines of one run, each on a thread of its own, against the demo
 * server, which is a process of its own. A thread only counts: what it found is
 * judged after its end. Built with -fsanitize=thread, this is the test of what
 * engines share.
 */
#include "config.h"

#include <check.h>
#include <event2/event.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "fetch/engine.h"
#include "demo_fixture.h"
#include "unit.h"

enum {
	ENGINES = 4,
	FLYING = 8 /* in flight of each */
};

/* One engine, with what it is to fetch. */
struct fetcher {
	pthread_t thread;
	struct event_base *base;
	struct engine *engine;
	struct request **requests;
	unsigned len;
	unsigned started, over;
	unsigned good;  /* answers with status 200 */
	uint64_t bytes; /* of their bodies */
	char why[200];  /* the first one that is not good failed; or "" */
};

static struct demo_server server;
static struct request_options asked;
static struct fetch_options how;
static struct engine_common *common;
static struct fetcher fetchers[ENGINES];

static void
setup(void)
{
	demo_fixture_open(&server, &asked, &how, ENGINES * FLYING);
}

static void
teardown(void)
{
	demo_fixture_close(&server, &asked, &how);
}

/* --- one engine ----------------------------------------------------------- */

static bool
on_wire(void *arg, void *owner, int64_t now)
{
	(void)arg;
	(void)owner;
	(void)now;
	return true;
}

static void
on_ready(void *arg)
{
	struct fetcher *f = arg;

	event_base_loopbreak(f->base);
}

static void
open_fetcher(struct fetcher *f, unsigned len)
{
	const struct engine_hooks hooks = {
	    .on_wire = on_wire, .on_ready = on_ready, .arg = f};

	*f = (struct fetcher){.len = len, .base = event_base_new()};
	f->engine = engine_new(common, f->base, &hooks);
	f->requests = xcalloc(len, sizeof(struct request *));
}

static void
close_fetcher(struct fetcher *f)
{
	engine_free(f->engine);
	event_base_free(f->base);
	for (unsigned i = 0; i < f->len; i++)
		request_free(f->requests[i]);
	free(f->requests);
}

static void
ask(struct fetcher *f, unsigned at, const char *host, const char *path)
{
	char *url = xasprintf("http://%s:%u%s", host, server.port, path);

	f->requests[at] = request_new(&asked, url);
	request_set_url(f->requests[at], url);
	free(url);
}

static void
start_next(struct fetcher *f)
{
	struct request *r = f->requests[f->started++];
	struct hop *hop = xmalloc(sizeof(*hop));
	const struct attempt_spec spec = {
	    .request = r, .hop = hop, .owner = hop, .number = 1};

	hop_init(hop);
	hop_start(hop, r);
	engine_start(f->engine, &spec);
}

static void
take(struct fetcher *f, struct hop *hop, struct result *r)
{
	f->over++;
	if (r->status == 200 && r->failure.class == ERROR_NONE) {
		f->good++;
		f->bytes += r->body.size;
	} else if (!*f->why) {
		snprintf(f->why, sizeof(f->why), "status %d: %s", r->status,
		    r->failure.message ? r->failure.message : "");
	}
	result_release(r);
	hop_release(hop);
	free(hop);
}

static void *
fetch(void *arg)
{
	struct fetcher *f = arg;
	struct result r;
	void *hop;

	while (f->over < f->len) {
		while (f->started < f->len && f->started - f->over < FLYING)
			start_next(f);
		event_base_loop(f->base, EVLOOP_ONCE);
		while (engine_reap(f->engine, &hop, &r))
			take(f, hop, &r);
	}
	return NULL;
}

/* --- all of them ---------------------------------------------------------- */

static void
open_all(unsigned len)
{
	char *cause = NULL;

	common = engine_common_new(&how, ENGINES, &cause);
	ck_assert_ptr_nonnull(common);
	ck_assert_uint_eq(engine_common_engines(common), ENGINES);
	for (int i = 0; i < ENGINES; i++)
		open_fetcher(&fetchers[i], len);
}

static void
run_all(void)
{
	for (int i = 0; i < ENGINES; i++)
		ck_assert_int_eq(pthread_create(&fetchers[i].thread, NULL,
		                     fetch, &fetchers[i]),
		    0);
	for (int i = 0; i < ENGINES; i++)
		pthread_join(fetchers[i].thread, NULL);
	for (int i = 0; i < ENGINES; i++) {
		ck_assert_str_eq(fetchers[i].why, "");
		ck_assert_uint_eq(fetchers[i].good, fetchers[i].len);
	}
}

static void
close_all(void)
{
	for (int i = 0; i < ENGINES; i++)
		close_fetcher(&fetchers[i]);
	engine_common_free(common);
}

START_TEST(engines_fetch_side_by_side)
{
	char path[32];

	open_all(100);
	for (unsigned i = 0; i < ENGINES; i++)
		for (unsigned n = 0; n < 100; n++) {
			snprintf(
			    path, sizeof(path), "/items/%u", 1 + i * 100 + n);
			ask(&fetchers[i], n, "127.0.0.1", path);
		}
	run_all();
	for (int i = 0; i < ENGINES; i++) {
		struct engine_counts c = engine_counts(fetchers[i].engine);

		ck_assert_uint_eq(c.wire_requests, 100);
		ck_assert_uint_le(c.connections_opened, FLYING);
		ck_assert_uint_eq(c.flying, 0);
	}
	close_all();
}
END_TEST

/* With a piece of a body unpaid at the end, and the 100 ms that are free. */
START_TEST(limit_total_is_one_for_all_engines)
{
	const unsigned each = 2, size = 64 << 10, rate = 1 << 20;
	uint64_t bytes = 0;
	int64_t start_us, least_us;
	char path[32];

	how.limit_total = rate;
	open_all(each);
	snprintf(path, sizeof(path), "/bytes/%u", size);
	for (unsigned i = 0; i < ENGINES; i++)
		for (unsigned n = 0; n < each; n++)
			ask(&fetchers[i], n, "127.0.0.1", path);
	start_us = clock_now_us();
	run_all();
	for (int i = 0; i < ENGINES; i++)
		bytes += fetchers[i].bytes;
	ck_assert_uint_eq(bytes, ENGINES * each * size);
	least_us =
	    (int64_t)(bytes - CURL_MAX_WRITE_SIZE) * CLOCK_SECOND / rate -
	    100 * CLOCK_MS;
	ck_assert_int_ge(clock_now_us() - start_us, least_us);
	close_all();
}
END_TEST

/* Each host would leave an idle connection, in all three times the limit. */
START_TEST(engines_stay_below_the_limit_of_descriptors_together)
{
	const unsigned each = 60;
	struct rlimit limit = {.rlim_cur = 128, .rlim_max = 128};
	char *everywhere = xasprintf("*:%u:127.0.0.1", server.port);
	char host[32];

	strlist_add(&how.resolve, everywhere);
	free(everywhere);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	open_all(each);
	for (unsigned i = 0; i < ENGINES; i++)
		for (unsigned n = 0; n < each; n++) {
			snprintf(host, sizeof(host), "h%u.e%u.example", n, i);
			ask(&fetchers[i], n, host, "/etag");
		}
	run_all();
	close_all();
}
END_TEST

START_TEST(a_cookie_file_is_for_one_engine)
{
	char *cause = NULL;

	how.cookie_jar_out = xstrdup("jar");
	common = engine_common_new(&how, ENGINES, &cause);
	ck_assert_uint_eq(engine_common_engines(common), 1);
	engine_common_free(common);
}
END_TEST

static Suite *
make_suite(void)
{
	Suite *s = suite_create("engines");
	TCase *c = tcase_create("engines");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, engines_fetch_side_by_side);
	tcase_add_test(c, limit_total_is_one_for_all_engines);
	tcase_add_test(c, engines_stay_below_the_limit_of_descriptors_together);
	tcase_add_test(c, a_cookie_file_is_for_one_engine);
	suite_add_tcase(s, c);
	return s;
}

int
main(void)
{
	return unit_run(make_suite());
}
