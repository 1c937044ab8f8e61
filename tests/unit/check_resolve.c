#include "config.h"

#include <check.h>
#include <dlfcn.h>
#include <event2/event.h>
#include <netdb.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#include "base/list.h"
#include "fetch/resolve.h"
#include "unit.h"

enum {
	ASKERS = 3
};

static struct event_base *base;
static struct resolve_pool *pool;
static struct resolver *resolver;
static struct list waiters[ASKERS];
static int done[ASKERS]; /* the turn in which each was told */
static int turns;
static enum lookup_state state;
static char addresses[64];
static int error;

static pthread_mutex_t lookups =
    PTHREAD_MUTEX_INITIALIZER; /* for `looked_up` */
static unsigned looked_up;

/* Stands before that of libc, and counts. Who holds the lock holds lookups. */
int
getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
    struct addrinfo **list)
{
	void *next = dlsym(RTLD_NEXT, "getaddrinfo");
	__typeof__(getaddrinfo) *libc;

	pthread_mutex_lock(&lookups);
	looked_up++;
	pthread_mutex_unlock(&lookups);
	memcpy(&libc, &next, sizeof(libc));
	return libc(host, service, hints, list);
}

static void
on_done(struct list *waiter, const struct lookup *l)
{
	done[waiter - waiters] = ++turns;
	state = l->state;
	error = l->error;
	strncpy(
	    addresses, l->addresses ? l->addresses : "", sizeof(addresses) - 1);
}

static void
setup(void)
{
	base = event_base_new();
	pool = resolve_pool_new(AF_INET);
	resolver = resolver_new(pool, base, on_done);
	turns = 0;
	for (int i = 0; i < ASKERS; i++) {
		list_init(&waiters[i]);
		done[i] = 0;
	}
}

static void
teardown(void)
{
	resolver_free(resolver);
	resolve_pool_free(pool);
	event_base_free(base);
}

static enum lookup_state
ask(const char *host, int asker)
{
	return resolver_ask(resolver, host, &waiters[asker], RESOLVE_KEPT)
	    ->state;
}

static void
await(int count)
{
	while (turns < count)
		event_base_loop(base, EVLOOP_ONCE);
	ck_assert_int_eq(turns, count);
}

START_TEST(all_who_ask_for_a_name_are_told_in_their_order)
{
	for (int i = 0; i < ASKERS; i++)
		ck_assert_int_eq(ask("localhost", i), LOOKUP_PENDING);
	await(ASKERS);
	for (int i = 0; i < ASKERS; i++)
		ck_assert_int_eq(done[i], i + 1);
	ck_assert_int_eq(state, LOOKUP_READY);
	ck_assert_str_ne(addresses, "");
	/* Where the hosts file has ::1, too, it may come twice. */
	for (char *at = strtok(addresses, ","); at; at = strtok(NULL, ","))
		ck_assert_str_eq(at, "127.0.0.1");
	ck_assert_int_eq(ask("localhost", 0), LOOKUP_READY);
}
END_TEST

START_TEST(who_gave_up_is_not_told)
{
	ask("localhost", 0);
	ask("localhost", 1);
	list_remove(&waiters[0]);
	await(1);
	ck_assert_int_eq(done[0], 0);
	ck_assert_int_eq(done[1], 1);
}
END_TEST

/* No label is longer than 63 bytes, so no server is asked. */
START_TEST(a_name_that_cannot_be_has_no_address)
{
	char name[80];
	struct failure failure = {0};
	struct lookup l = {.state = LOOKUP_FAILED};

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ask(name, 0);
	await(1);
	ck_assert_int_eq(state, LOOKUP_FAILED);
	ck_assert_int_ne(error, 0);
	l.error = error;
	lookup_failure(&l, name, &failure);
	ck_assert_int_eq(failure.class, ERROR_DNS);
	failure_clear(&failure);
}
END_TEST

/* Another event loop, on a thread of its own, that asks for one name. */
struct other {
	pthread_t thread;
	struct event_base *base;
	struct resolver *resolver;
	struct list waiter;
	bool told;
	enum lookup_state state;
};

static void
on_other_done(struct list *waiter, const struct lookup *l)
{
	struct other *o = container_of(waiter, struct other, waiter);

	o->told = true;
	o->state = l->state;
}

static void *
ask_elsewhere(void *arg)
{
	struct other *o = arg;

	o->state =
	    resolver_ask(o->resolver, "localhost", &o->waiter, RESOLVE_KEPT)
	        ->state;
	while (!o->told)
		event_base_loop(o->base, EVLOOP_ONCE);
	return NULL;
}

static void
open_other(struct other *o)
{
	*o = (struct other){.base = event_base_new()};
	o->resolver = resolver_new(pool, o->base, on_other_done);
	list_init(&o->waiter);
}

static void
close_other(struct other *o)
{
	resolver_free(o->resolver);
	event_base_free(o->base);
}

START_TEST(loops_that_ask_for_a_name_have_it_looked_up_once)
{
	struct other others[ASKERS];

	for (int i = 0; i < ASKERS; i++)
		open_other(&others[i]);
	pthread_mutex_lock(&lookups);
	ask("localhost", 0);
	for (int i = 0; i < ASKERS; i++)
		pthread_create(
		    &others[i].thread, NULL, ask_elsewhere, &others[i]);
	pthread_mutex_unlock(&lookups);
	await(1);
	for (int i = 0; i < ASKERS; i++) {
		pthread_join(others[i].thread, NULL);
		ck_assert_int_eq(others[i].state, LOOKUP_READY);
		close_other(&others[i]);
	}
	ck_assert_uint_eq(looked_up, 1);
}
END_TEST

/* Its lookup goes on, and may end at any time later. */
START_TEST(a_resolver_may_go_before_its_answer_comes)
{
	struct other o;

	open_other(&o);
	pthread_mutex_lock(&lookups);
	ask("localhost", 0);
	resolver_ask(o.resolver, "localhost", &o.waiter, RESOLVE_KEPT);
	close_other(&o);
	pthread_mutex_unlock(&lookups);
	await(1);
	ck_assert_int_eq(state, LOOKUP_READY);
	ck_assert(!o.told);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("resolve");
	TCase *tc = tcase_create("resolve");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, all_who_ask_for_a_name_are_told_in_their_order);
	tcase_add_test(tc, who_gave_up_is_not_told);
	tcase_add_test(tc, a_name_that_cannot_be_has_no_address);
	tcase_add_test(tc, loops_that_ask_for_a_name_have_it_looked_up_once);
	tcase_add_test(tc, a_resolver_may_go_before_its_answer_comes);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
