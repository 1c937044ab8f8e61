/*
 * A fleet on this process' loop, with one engine or with threads, against the
 * demo server; and the mailbox that its letters go through. Built with
 * -fsanitize=thread, this is the test of what the run and its threads share.
 */
#include "config.h"

#include <check.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "fleet/fleet.h"
#include "demo_fixture.h"
#include "unit.h"

enum {
	REQUESTS = 200,
	LETTERS = 20000,
	BATCH = 7
};

/* --- the mailbox ---------------------------------------------------------- */

static struct mailbox box;
static struct letter letters[LETTERS];

static void *
post_all(void *arg)
{
	struct list batch;

	list_init(&batch);
	for (unsigned i = 0; i < LETTERS; i++) {
		letter_init(&letters[i], i, arg);
		letter_add(&letters[i], &batch);
		if (i % BATCH == 0)
			mailbox_post(&box, &batch);
	}
	mailbox_post(&box, &batch);
	ck_assert(list_empty(&batch));
	return NULL;
}

static void
take_some(evutil_socket_t fd, short what, void *arg)
{
	unsigned *taken = arg;
	struct list batch;
	struct letter *l;

	(void)fd;
	(void)what;
	list_init(&batch);
	mailbox_take(&box, &batch);
	while ((l = letter_next(&batch))) {
		ck_assert_uint_eq(l->kind, *taken);
		++*taken;
	}
}

/* Each letter comes once and in its turn, though wake-ups are fewer. */
START_TEST(letters_keep_their_order)
{
	struct event_base *base = event_base_new();
	unsigned taken = 0;
	struct event *ev;
	pthread_t thread;

	ck_assert_int_eq(mailbox_open(&box), 0);
	ev = event_new(
	    base, mailbox_fd(&box), EV_READ | EV_PERSIST, take_some, &taken);
	event_add(ev, NULL);
	pthread_create(&thread, NULL, post_all, NULL);
	while (taken < LETTERS)
		event_base_loop(base, EVLOOP_ONCE);
	pthread_join(thread, NULL);
	event_free(ev);
	event_base_free(base);
	mailbox_close(&box);
}
END_TEST

/* --- a fleet -------------------------------------------------------------- */

/* One request, and what was heard of it. The count of `examined` is its
 * thread's until the transfer is reaped. */
struct visit {
	struct request *request;
	struct hop hop;
	struct transfer *transfer;
	unsigned wired, late, reaped, examined, dropped;
	int64_t wire_us;
	int status;
};

static struct demo_server server;
static struct request_options asked;
static struct fetch_options how;
static struct event_base *base;
static struct fleet *fleet;
static struct visit visits[REQUESTS];
static pthread_t loop;
static unsigned landed, unread;
static atomic_bool sends_late; /* see send */
static _Atomic int64_t sent_us;
static int64_t wire_by_us, extension_us;

static bool
on_wire(void *arg, void *owner, int64_t now)
{
	struct visit *v = owner;

	(void)arg;
	ck_assert(pthread_equal(pthread_self(), loop));
	ck_assert_int_gt(now, 0);
	v->wired++;
	v->wire_us = now;
	return true;
}

static void
on_sent(void *arg, void *owner, int64_t when)
{
	ck_assert_ptr_eq(arg, visits);
	on_wire(NULL, owner, when);
}

static int64_t
on_late(void *arg, void *owner, int64_t now)
{
	struct visit *v = owner;

	ck_assert_ptr_eq(arg, visits);
	ck_assert(pthread_equal(pthread_self(), loop));
	v->late++;
	return now + extension_us;
}

static void
on_ready(void *arg)
{
	(void)arg;
	event_base_loopbreak(base);
}

static void *
new_tools(void *arg)
{
	return arg;
}

static void
free_tools(void *tools)
{
	ck_assert_ptr_eq(tools, visits);
}

static void
examine(
    void *tools, void *task, const struct request *request, struct result *r)
{
	struct visit *v = task;

	if (tools == visits && !pthread_equal(pthread_self(), loop) &&
	    request->n == v->request->n && r->status == 200)
		v->examined++;
}

static void
drop_task(void *arg, void *task)
{
	struct visit *v = task;

	(void)arg;
	v->dropped++;
}

static void
on_unread(void *arg, struct request *request)
{
	(void)arg;
	ck_assert_uint_eq(request->readers, 0);
	unread++;
}

static void
open_fleet(unsigned threads)
{
	const struct fleet_setup setup = {
	    .base = base,
	    .options = &how,
	    .threads = threads,
	    .hooks = {.engine = {.on_wire = on_wire, .on_ready = on_ready},
	        .on_sent = on_sent,
	        .on_late = on_late,
	        .tools_new = new_tools,
	        .tools_free = free_tools,
	        .examine = examine,
	        .drop_task = drop_task,
	        .unread = on_unread,
	        .arg = visits},
	};
	char *cause = NULL;

	fleet = fleet_new(&setup, &cause);
	ck_assert_ptr_nonnull(fleet);
	ck_assert_int_eq(fleet_examines(fleet), threads > 1);
}

static void
setup(void)
{
	demo_fixture_open(&server, &asked, &how, 40);
	base = event_base_new();
	loop = pthread_self();
	landed = unread = 0;
}

static void
teardown(void)
{
	for (unsigned i = 0; i < REQUESTS; i++) {
		request_free(visits[i].request);
		hop_release(&visits[i].hop);
	}
	memset(visits, 0, sizeof(visits));
	event_base_free(base);
	demo_fixture_close(&server, &asked, &how);
}

/* Start a transfer of `path`, the name of whose host spreads them over the
 * threads. */
static void
visit(unsigned i, const char *path)
{
	struct visit *v = &visits[i];
	char *url = xasprintf("http://%s:%u%s",
	    i % 2 ? "localhost" : "127.0.0.1", server.port, path);
	struct attempt_spec spec = {.hop = &v->hop, .owner = v, .number = 1};

	spec.wire_by_us = wire_by_us;
	v->request = request_new(&asked, url);
	v->request->n = i + 1;
	request_set_url(v->request, url);
	hop_init(&v->hop);
	hop_start(&v->hop, v->request);
	spec.request = v->request;
	v->transfer =
	    fleet_start(fleet, &spec, fleet_examines(fleet) ? v : NULL);
	free(url);
}

static void
reap_all(void)
{
	struct landing l;

	while (fleet_reap(fleet, &l)) {
		struct visit *v = l.owner;

		ck_assert(!l.task || l.task == v);
		v->reaped++;
		v->status = l.result.status;
		v->transfer = NULL;
		result_release(&l.result);
		landed++;
	}
}

static const unsigned threads_of[] = {1, 2, 4};

/* Each transfer is heard of once on the wire, and comes back once, with its
 * task; threads examine it. */
START_TEST(all_come_back_once)
{
	unsigned started = 0, threads = threads_of[_i];

	open_fleet(threads);
	while (landed < REQUESTS) {
		while (started < REQUESTS && started < landed + how.parallel)
			visit(started++, "/json");
		reap_all();
		if (landed < started)
			event_base_loop(base, EVLOOP_ONCE);
	}
	for (unsigned i = 0; i < REQUESTS; i++) {
		ck_assert_int_eq(visits[i].status, 200);
		ck_assert_uint_eq(visits[i].wired, 1);
		ck_assert_uint_eq(visits[i].reaped, 1);
		ck_assert_uint_eq(visits[i].examined, threads > 1);
		ck_assert_uint_eq(visits[i].dropped, 0);
	}
	ck_assert_uint_eq(fleet_counts(fleet).wire_requests, REQUESTS);
	fleet_free(fleet);
}
END_TEST

/* libcurl sends by this: a thread loses its processor before each request goes
 * out. */
ssize_t
send(int fd, const void *data, size_t len, int flags)
{
	static const struct timespec moment = {.tv_nsec = 20000000};
	bool slow =
	    atomic_load(&sends_late) && len > 4 && memcmp(data, "GET ", 4) == 0;
	ssize_t n;

	if (slow)
		nanosleep(&moment, NULL);
	n = sendto(fd, data, len, flags, NULL, 0);
	if (slow)
		atomic_store(&sent_us, clock_now_us());
	return n;
}

/* Rates count from the moment in which a request has gone out, not from that in
 * which it was about to. */
START_TEST(a_late_request_is_told_as_late)
{
	atomic_store(&sends_late, true);
	open_fleet(2);
	visit(0, "/json");
	while (landed < 1) {
		event_base_loop(base, EVLOOP_ONCE);
		reap_all();
	}
	ck_assert_int_eq(visits[0].status, 200);
	ck_assert_int_gt(atomic_load(&sent_us), 0);
	ck_assert_int_ge(visits[0].wire_us, atomic_load(&sent_us));
	fleet_free(fleet);
	atomic_store(&sends_late, false);
}
END_TEST

/* After its moment a request is sent only if the run's loop says so. */
START_TEST(after_its_moment_a_request_asks)
{
	const int64_t extensions[] = {0, 60 * CLOCK_SECOND};
	bool more = extensions[_i] > 0;

	extension_us = extensions[_i];
	wire_by_us = clock_now_us();
	open_fleet(2);
	visit(0, "/json");
	while (landed < 1) {
		event_base_loop(base, EVLOOP_ONCE);
		reap_all();
	}
	ck_assert_uint_eq(visits[0].late, 1);
	ck_assert_uint_eq(visits[0].wired, more);
	ck_assert_int_eq(visits[0].status, more ? 200 : 0);
	fleet_free(fleet);
	wire_by_us = 0;
}
END_TEST

/* Before it nobody is asked. */
START_TEST(before_its_moment_a_request_is_sent)
{
	wire_by_us = clock_now_us() + 600 * CLOCK_SECOND;
	open_fleet(2);
	visit(0, "/json");
	while (landed < 1) {
		event_base_loop(base, EVLOOP_ONCE);
		reap_all();
	}
	ck_assert_uint_eq(visits[0].late, 0);
	ck_assert_int_eq(visits[0].status, 200);
	fleet_free(fleet);
	wire_by_us = 0;
}
END_TEST

static void
cancel(struct visit *v)
{
	enum wire_state wire = fleet_wire(fleet, v->transfer);

	ck_assert(wire == WIRE_UNSENT || wire == WIRE_UNKNOWN);
	fleet_cancel(fleet, v->transfer, v->request);
	ck_assert_uint_eq(v->wired, wire == WIRE_UNKNOWN);
	v->transfer = NULL;
}

/* What is cancelled is counted if it was sent. It is never heard of again,
 * whether it had begun or not, and its request and its task are given back. */
START_TEST(who_is_cancelled_is_let_go)
{
	const unsigned n = 40;

	open_fleet(threads_of[_i]);
	for (unsigned i = 0; i < n; i++)
		visit(i, "/delay/30");
	for (unsigned i = 0; i < n / 2; i++)
		cancel(&visits[i]);
	while (visits[n - 1].wired == 0)
		event_base_loop(base, EVLOOP_ONCE);
	for (unsigned i = n / 2; i < n; i++)
		cancel(&visits[i]);
	while (fleet_examines(fleet) && unread < n)
		event_base_loop(base, EVLOOP_ONCE);
	reap_all();
	ck_assert_uint_eq(landed, 0);
	for (unsigned i = 0; i < n; i++)
		ck_assert_uint_eq(visits[i].dropped, fleet_examines(fleet));
	fleet_free(fleet);
}
END_TEST

/* A fleet may go at any moment: with transfers that have not begun, that are on
 * their way, or that wait to be reaped. */
START_TEST(the_fleet_may_go_first)
{
	open_fleet(threads_of[_i]);
	for (unsigned i = 0; i < 20; i++)
		visit(i, i % 2 ? "/delay/30" : "/json");
	while (visits[0].wired == 0)
		event_base_loop(base, EVLOOP_ONCE);
	for (unsigned i = 20; i < 30; i++)
		visit(i, "/json");
	cancel(&visits[1]);
	fleet_free(fleet);
	ck_assert_uint_eq(unread, threads_of[_i] > 1);
}
END_TEST

struct work {
	struct errand errand;
	bool performed, done, dropped;
};

static void
perform(struct errand *errand, void *tools)
{
	struct work *w = container_of(errand, struct work, errand);

	w->performed = tools == visits && !pthread_equal(pthread_self(), loop);
}

static void
on_done(struct errand *errand)
{
	struct work *w = container_of(errand, struct work, errand);

	w->done = true;
	landed++;
}

static void
on_drop(struct errand *errand)
{
	struct work *w = container_of(errand, struct work, errand);

	w->dropped = true;
}

/* An errand is performed on a thread, or dropped with the fleet. */
START_TEST(errands_are_done_or_dropped)
{
	struct work works[20];

	open_fleet(4);
	for (unsigned i = 0; i < 20; i++)
		works[i] = (struct work){
		    .errand = {.perform = perform,
		        .done = on_done,
		        .drop = on_drop},
		};
	for (unsigned i = 0; i < 10; i++)
		fleet_send(fleet, &works[i].errand);
	while (landed < 10)
		event_base_loop(base, EVLOOP_ONCE);
	for (unsigned i = 10; i < 20; i++)
		fleet_send(fleet, &works[i].errand);
	fleet_free(fleet);
	for (unsigned i = 0; i < 20; i++) {
		ck_assert_int_eq(works[i].done, i < 10);
		ck_assert_int_eq(works[i].dropped, i >= 10);
		ck_assert(works[i].performed || i >= 10);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("fleet");
	TCase *mail = tcase_create("mailbox");
	TCase *all = tcase_create("fleet");
	const int kinds = sizeof(threads_of) / sizeof(*threads_of);

	tcase_add_test(mail, letters_keep_their_order);
	suite_add_tcase(suite, mail);
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_loop_test(all, all_come_back_once, 0, kinds);
	tcase_add_test(all, a_late_request_is_told_as_late);
	tcase_add_loop_test(all, after_its_moment_a_request_asks, 0, 2);
	tcase_add_test(all, before_its_moment_a_request_is_sent);
	tcase_add_loop_test(all, who_is_cancelled_is_let_go, 0, kinds);
	tcase_add_loop_test(all, the_fleet_may_go_first, 0, kinds);
	tcase_add_test(all, errands_are_done_or_dropped);
	tcase_set_timeout(all, UNIT_HUNG_MS / 1000);
	suite_add_tcase(suite, all);
	return unit_run(suite);
}
